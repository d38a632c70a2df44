export {};

declare global {
  namespace Chai {
    interface Equal {
      /** A plug-in declares a promise, which only DOM snapshots give: unawaited, every `equal` would seem forgotten. */
      (value: unknown, message?: string): Assertion;
      readonly length: number;
    }
  }
}
