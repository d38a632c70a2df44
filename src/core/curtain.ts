import { ofDocument } from './document.js';

let sheet: CSSStyleSheet | undefined;

/** Hides the page at once, before it is painted: what it shows is of a session that is over. */
export const drawCurtain = (): void => {
  sheet ??= new CSSStyleSheet(); // a <style> would be against a strict policy
  sheet.replaceSync('html { display: none !important }');
  const sheets = ofDocument('adoptedStyleSheets');
  if (!sheets.includes(sheet)) sheets.push(sheet);
};

/** Shows it again. */
export const liftCurtain = (): void => {
  sheet?.replaceSync('');
};
