import type { OpenWindow } from './core/window.js';
import type { Strings } from './words.js';

// Loaded when it is needed, and imports nothing of the rest: a page may have that under another URL.

const styles = `
  dialog {
    box-sizing: border-box;
    width: min(24rem, calc(100vw - 2rem));
    border: 1px solid GrayText;
    border-radius: 0.75rem;
    padding: 1.5rem;
    font: 1rem / 1.5 system-ui, sans-serif;
    color: CanvasText;
    background: Canvas;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 60%);
  }
  p {
    margin: 0 0 1.25rem;
  }
  div {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
  }
  button {
    font: inherit;
    padding: 0.5rem 1rem;
  }
`;

/**
 * Covers the page while a window is open: a modal dialog in the top layer, which keeps the focus and gives it back.
 *
 * @param lang - of the words; empty: the page's own
 * @returns takes the cover away
 */
export const cover = (
  popup: OpenWindow,
  strings: Pick<Strings, 'cover' | 'show' | 'cancel'>,
  lang: string,
): (() => void) => {
  const host = document.createElement('div');
  if (lang) host.lang = lang;
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet(); // a <style> would be against a strict policy
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];
  const dialog = document.createElement('dialog');
  const words = document.createElement('p');
  words.id = 'words';
  words.textContent = strings.cover;
  dialog.setAttribute('aria-labelledby', words.id);
  const buttons = document.createElement('div');
  const add = (text: string, onPress: () => void) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    button.addEventListener('click', onPress);
    buttons.append(button);
  };
  add(strings.show, popup.show);
  add(strings.cancel, popup.cancel);
  dialog.addEventListener('cancel', popup.cancel); // the Escape key
  dialog.append(words, buttons);
  root.append(dialog);
  document.body.append(host);
  dialog.showModal();
  return () => {
    dialog.close(); // gives the focus back, which removing it would not
    host.remove();
  };
};
