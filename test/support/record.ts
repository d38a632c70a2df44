import { ended } from '../../src/core/ended.js';

/** Whether the record says that a session was logged out at that time or later. */
export const hasEnded = (client: string, key: string | undefined, since: number): boolean =>
  ended().some(([ofClient, of, at]) => ofClient === client && of === key && at >= since);
