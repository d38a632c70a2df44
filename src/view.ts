import { css } from 'lit';
import { ofDocument } from './core/document.js';

export const styles = css`
  :host {
    display: inline-block;
  }
  :host([hidden]) {
    display: none;
  }
  button {
    font: inherit;
  }
  [role='status'] {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  [role='status']:empty {
    display: none; /* a thousand boxes that say nothing cost as much as the buttons */
  }
`;

/** What there is to see and to hear. */
export interface Shown {
  /** Accessible name, and the text where the page has none of its own. */
  label: string | null;
  /** The text where there is no label either. */
  text: string;
  isDisabled: boolean;
  isBusy: boolean;
  /** For the live region. */
  words: string;
  /** Of the words; empty: the page's own. */
  lang: string;
}

const create = <K extends keyof HTMLElementTagNameMap>(name: K): HTMLElementTagNameMap[K] =>
  ofDocument('createElement').call(document, name) as HTMLElementTagNameMap[K];

/**
 * The element's shadow tree: a button with its text, in the slot of a page's own control, and a live region. By hand: a
 * template library for these nodes would be a quarter of what a page loads (docs/decisions/0006).
 */
export class View {
  readonly #button = create('button');
  readonly #text = create('slot');
  readonly #said = create('span');

  /** @param onPress - hears each press, of the button or of the page's own control */
  constructor(root: Node, onPress: (event: Event) => void) {
    const trigger = create('slot');
    trigger.name = 'trigger';
    trigger.addEventListener('click', onPress);
    this.#button.setAttribute('part', 'button');
    this.#button.type = 'button';
    this.#button.append(this.#text);
    trigger.append(this.#button);
    this.#said.setAttribute('role', 'status');
    root.appendChild(trigger);
    root.appendChild(this.#said);
  }

  show({ label, text, isDisabled, isBusy, words, lang }: Shown): void {
    this.#button.disabled = isDisabled;
    this.#button.ariaLabel = label;
    this.#button.ariaBusy = isBusy ? 'true' : null;
    this.#text.textContent = label ?? text;
    if (lang) this.#said.lang = lang;
    else this.#said.removeAttribute('lang');
    if (this.#said.textContent !== words) this.#said.textContent = words; // the same words are not said twice
  }
}
