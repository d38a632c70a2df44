import { expect } from '@open-wc/testing';

/** After each test of the file: nothing was logged as an error, and no rejection was left without a handler. */
export const staysQuiet = (): void => {
  const noise: unknown[] = [];
  const original = { error: console.error, warn: console.warn };
  const onRejection = (event: PromiseRejectionEvent) => noise.push(event.reason);
  before(() => {
    addEventListener('unhandledrejection', onRejection);
    for (const level of ['error', 'warn'] as const)
      console[level] = (...words: unknown[]) => {
        noise.push(...words);
        original[level](...words);
      };
  });
  afterEach(async () => {
    // A rejection without a handler is told in a task of its own.
    await new Promise((resolve) => setTimeout(resolve));
    expect(noise.splice(0)).to.deep.equal([]);
  });
  after(() => {
    removeEventListener('unhandledrejection', onRejection);
    Object.assign(console, original);
  });
};
