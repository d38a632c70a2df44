import { endedSince } from './ended.js';
import { orAborted, within } from './limit.js';
import type { ClientState } from './state.js';

/**
 * One logout of a session at a time, among all tabs (Web Locks). Resolves to what lets the next one go; `taken`: another
 * tab is at it, or was while this one waited. Where there are no locks, all of them ask the provider.
 */
export const alone = async (
  state: ClientState,
  key: string | undefined,
  signal: AbortSignal,
): Promise<(() => void) | 'taken' | undefined> => {
  if (!key) return undefined;
  const lock = (limited: AbortSignal) =>
    new Promise<(() => void) | 'taken'>((resolve, reject) => {
      const take = (given: Lock | null) =>
        new Promise<void>((release) => {
          resolve(given ? release : 'taken');
          if (!given || limited.aborted) release();
        });
      navigator.locks.request(`${state.name} ${key}`, { ifAvailable: true }, take).catch(reject);
    });
  // A browser that gives no answer keeps nobody from logging out.
  const limits = { timeout: 1000, signal };
  const release = await within(limits, (limited) => orAborted(lock(limited), limited)).catch(() => undefined);
  const isTaken = endedSince(state.name, state.dealtWith).keys.includes(key);
  if (release === 'taken' || !isTaken) return release;
  release?.();
  return 'taken';
};
