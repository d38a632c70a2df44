import { quietly } from './limit.js';

/** A session that was logged out on this origin: of which client, its key, and when, in ms since the epoch. No token, no name. */
type Entry = [client: string, key: string, at: number];

/** Where they lie. Other tabs hear of each change by its `storage` event, and a page that was frozen reads it later. */
export const place = 'arkane-logout-ended';
const day = 86_400_000;

// What is malformed was not written here. A time far ahead is of a clock that was set back.
const entries = (): Entry[] =>
  quietly(() =>
    (JSON.parse(localStorage.getItem(place) ?? '[]') as Entry[]).filter(([, , at]) => Math.abs(Date.now() - at) < day),
  ) ?? [];

/** Blocked or full: other tabs learn nothing. */
const write = (changed: Entry[]): void => {
  quietly(() => {
    localStorage.setItem(place, JSON.stringify(changed.slice(-20)));
  });
};

/** Whether a session was logged out at that time or later. */
export const hasEnded = (client: string, key: string | undefined, since: number): boolean =>
  entries().some(([ofClient, ended, at]) => ofClient === client && ended === key && at >= since);

/** Somebody is in this session again. `before`: what ended later counts on. */
export const liftEnded = (client: string, key: string | undefined, before = Infinity): void => {
  const all = entries();
  const left = all.filter(([ofClient, ended, at]) => ofClient !== client || ended !== key || at >= before);
  if (left.length < all.length) write(left);
};

export const noteEnded = (client: string, key: string, at: number): void => {
  const others = entries().filter(([ofClient, ended]) => ofClient !== client || ended !== key);
  write([...others, [client, key, at]]);
};
