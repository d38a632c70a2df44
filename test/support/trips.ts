import type { Answer, LogoutResult } from '../../src/core/result.js';
import type { SessionCheck } from '../../src/core/window.js';
import { authority } from './sign-in.js';

/** Where the core, and the callback page, keep the trip that this tab is on. */
export const tripName = 'arkane-logout-trip';

/** What is kept of it, as a page writes it that leaves. */
export interface Trip extends Pick<LogoutResult, 'windowMode' | 'trigger'> {
  clientId: string;
  authority: string;
  state: string;
  url: string;
  kept?: string;
  check?: SessionCheck;
  answered?: Answer;
}

export const storedTrip = (storage = sessionStorage): Trip | null =>
  JSON.parse(storage.getItem(tripName) ?? 'null') as Trip | null;

/** `undefined` leaves a part out. */
export const storeTrip = (part: { [Name in keyof Trip]?: Trip[Name] | undefined }): void => {
  const trip = { windowMode: 'REDIRECT', trigger: 'return', authority, state: 'ours', ...part };
  sessionStorage.setItem(tripName, JSON.stringify(trip));
};
