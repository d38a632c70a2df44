import { quietly } from './limit.js';

/** A session that was logged out on this origin: of which client, its key, and when, in ms since the epoch. No token, no name. */
type Entry = [client: string, key: string, at: number];

/** Where they lie. Other tabs hear of each change by its `storage` event, and a page that was frozen reads it later. */
export const place = 'arkane-logout-ended';
const day = 86_400_000;

/** What is malformed was not written here; a time far ahead is of a clock that was set back. */
export const ended = (): Entry[] =>
  quietly(() =>
    (JSON.parse(localStorage.getItem(place) ?? '[]') as Entry[]).filter(([, , at]) => Math.abs(Date.now() - at) < day),
  ) ?? [];

/** Those of a client that were logged out after `since`: their keys, and when the last was. */
export const endedSince = (client: string, since: number): { keys: string[]; newest: number } => {
  const news = ended().filter(([ofClient, , at]) => ofClient === client && at > since);
  return { keys: news.map(([, key]) => key), newest: Math.max(since, ...news.map(([, , at]) => at)) };
};

/** Blocked or full: other tabs learn nothing. */
const write = (entries: Entry[]): void => {
  quietly(() => {
    localStorage.setItem(place, JSON.stringify(entries.slice(-20)));
  });
};

/** All but those of this session. */
const without = (client: string, key: string | undefined, before = Infinity): Entry[] =>
  ended().filter(([ofClient, of, at]) => ofClient !== client || of !== key || at >= before);

export const noteEnded = (client: string, key: string, at: number): void => {
  write([...without(client, key), [client, key, at]]);
};

/** Somebody is in this session again. `before`: what ended later counts on. */
export const liftEnded = (client: string, key: string | undefined, before = Infinity): void => {
  const left = without(client, key, before);
  if (left.length < ended().length) write(left);
};
