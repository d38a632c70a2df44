/** A property of `document` itself: a `<form name="…">` in the page, put there by whomever, hides the one of that name. */
export const ofDocument = <K extends keyof Document>(name: K): Document[K] =>
  Reflect.get(Document.prototype, name, document);
