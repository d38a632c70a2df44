import { expect } from '@open-wc/testing';
import { orAborted, within } from '../../src/core/limit.js';
import { staysQuiet } from '../support/quiet.js';
import { failure } from '../support/sign-in.js';

const forever = () => new Promise<never>(() => undefined);

describe('within', () => {
  staysQuiet();

  it('gives what the work comes to', async () => {
    expect(await within({ timeout: 1000, signal: undefined }, () => Promise.resolve('done'))).to.equal('done');
  });

  it('passes on why the work failed', async () => {
    const reason = new Error('broken');
    const failed = within({ timeout: 1000, signal: undefined }, () => Promise.reject(reason));
    expect(await failed.catch((error: unknown) => error)).to.equal(reason);
  });

  it('aborts with timeout when the time is over, and says how long it was', async () => {
    const error = await failure(within({ timeout: 5, signal: undefined }, (signal) => orAborted(forever(), signal)));
    expect(error.code).to.equal('timeout');
    expect(error.message).to.contain('timeout').and.to.contain('5');
  });

  it('aborts with cancelled by the signal that was passed in', async () => {
    const caller = new AbortController();
    const failed = failure(within({ timeout: 1000, signal: caller.signal }, (signal) => orAborted(forever(), signal)));
    caller.abort();
    expect((await failed).code).to.equal('cancelled');
  });

  it('aborts at once by a signal that was aborted before', async () => {
    const failed = within({ timeout: 1000, signal: AbortSignal.abort() }, (signal) => orAborted(forever(), signal));
    expect((await failure(failed)).code).to.equal('cancelled');
  });

  it('aborts whatever is still in flight when the work has ended, well or not', async () => {
    for (const end of [() => Promise.resolve(), () => Promise.reject(new Error('broken'))]) {
      let inFlight: AbortSignal | undefined;
      await within({ timeout: 1000, signal: undefined }, (signal) => {
        inFlight = signal;
        return end();
      }).catch(() => undefined);
      expect(inFlight?.aborted).to.be.true;
    }
  });

  it('leaves no listener on the signal that was passed in', async () => {
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    signal.addEventListener = (_: string, listener: unknown, options?: AddEventListenerOptions) => {
      listeners.add(listener);
      options?.signal?.addEventListener('abort', () => listeners.delete(listener));
    };
    signal.removeEventListener = (_: string, listener: unknown) => listeners.delete(listener);
    await within({ timeout: 1000, signal }, () => {
      expect(listeners.size).to.equal(1);
      return Promise.resolve();
    });
    expect(listeners.size).to.equal(0);
  });

  it('leaves no timer', async () => {
    const { setTimeout, clearTimeout } = globalThis;
    const timers = new Set<unknown>();
    try {
      globalThis.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
        const timer = setTimeout(...args);
        timers.add(timer);
        return timer;
      }) as typeof setTimeout;
      globalThis.clearTimeout = (timer) => {
        timers.delete(timer);
        clearTimeout(timer);
      };
      await within({ timeout: 60_000, signal: undefined }, () => {
        expect(timers.size).to.equal(1);
        return Promise.resolve();
      });
      expect(timers.size).to.equal(0);
    } finally {
      Object.assign(globalThis, { setTimeout, clearTimeout });
    }
  });
});

describe('orAborted', () => {
  staysQuiet();

  it('gives what the promise comes to', async () => {
    expect(await orAborted(Promise.resolve(1), new AbortController().signal)).to.equal(1);
  });

  it('takes a value that is no promise', async () => {
    expect(await orAborted(2 as never, new AbortController().signal)).to.equal(2);
  });

  it('is rejected with the reason of the signal, before or later', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const waiting = orAborted(forever(), controller.signal).catch((error: unknown) => error);
    controller.abort(reason);
    expect(await waiting).to.equal(reason);
    expect(await orAborted(forever(), controller.signal).catch((error: unknown) => error)).to.equal(reason);
  });

  it('leaves no unhandled rejection when the promise fails after the abort', async () => {
    const controller = new AbortController();
    const { promise, reject } = Promise.withResolvers<never>();
    const waiting = orAborted(promise, controller.signal).catch((error: unknown) => error);
    controller.abort(new Error('enough'));
    reject(new Error('too late'));
    expect(await waiting).to.have.property('message', 'enough');
  });
});
