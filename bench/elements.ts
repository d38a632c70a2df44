// Connects many elements and waits until they are painted: ours, and a Lit button that does nothing.
import { html, LitElement, type TemplateResult } from 'lit';
import '../src/define.js';

class BareButton extends LitElement {
  protected override render(): TemplateResult {
    return html`<button type="button"><slot>Log out</slot></button>`;
  }
}
customElements.define('bare-button', BareButton);

const stage = document.getElementById('stage')!;
const painted = () =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));

/** ms from connecting `count` elements to the frame after they are painted. */
const connect = async (name: string, count: number): Promise<number> => {
  stage.replaceChildren();
  await painted();
  const started = performance.now();
  for (let index = 0; index < count; index++) {
    const element = document.createElement(name);
    element.setAttribute('client-id', 'Arketype');
    stage.append(element);
  }
  await (stage.lastElementChild as LitElement).updateComplete;
  stage.getBoundingClientRect(); // layout belongs to it, and would else hide in the frame
  const taken = performance.now() - started;
  await painted();
  return taken;
};

Object.assign(window, { connect });
