import { cancelled, LogoutError } from './errors.js';

/** What a piece of work must keep to. */
export interface Limits {
  /** Milliseconds. */
  timeout: number;
  /** The caller's own signal. */
  signal: AbortSignal | undefined;
}

/**
 * Runs `work` with a signal that aborts with a `LogoutError`: `timeout` when the time is over, `cancelled` by the
 * caller's signal. When the work has ended, whatever it still has in flight is aborted and nothing is left behind.
 */
export const within = async <T>(limits: Limits, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new LogoutError('timeout', `Not finished within timeout (${limits.timeout} ms).`));
  }, limits.timeout);
  const cancel = () => {
    controller.abort(cancelled());
  };
  limits.signal?.addEventListener('abort', cancel, { signal: controller.signal });
  if (limits.signal?.aborted) cancel();
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
};

/** What `promise` comes to, or the signal's reason, whichever is first: a host's promise may never settle. */
export const orAborted = <T>(promise: T | PromiseLike<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason as Error);
    };
    Promise.resolve(promise).then(resolve, reject);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });

/** Whether a store's answer is still to come; its own kind of promise, perhaps. Nobody has to wait for it. */
export const isLater = <T>(answer: T | PromiseLike<T>): answer is PromiseLike<T> => {
  if (typeof (answer as PromiseLike<T> | null)?.then !== 'function') return false;
  Promise.resolve(answer).catch(() => undefined);
  return true;
};

/** What `work` answers; `undefined` where it throws, such as in a storage that is blocked or full. */
export const quietly = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

/** When the page has nothing better to do. WebKit has no idle callback. */
export const whenIdle = (work: () => void): void => {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: 2000 });
  else setTimeout(work);
};
