import type { Cover } from './core/logout.js';
import type * as Overlay from './overlay.js';
import type { Strings } from './words.js';

let overlay: typeof Overlay | undefined;

/** Loads the cover, while nobody waits: a window opens at once, and a page whose cover is not there goes without. */
export const loadCover = (): void => {
  import('./overlay.js').then(
    (loaded) => (overlay = loaded),
    () => undefined,
  );
};

/** Covers the page while a window is open. @param lang - of the strings; empty: the page's own */
export const coverSaying =
  (strings: Strings, lang: string): Cover =>
  (popup) =>
    overlay?.cover(popup, strings, lang) ?? (() => undefined);
