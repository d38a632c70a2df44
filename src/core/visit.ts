import type { Endpoints } from './endpoints.js';
import { orAborted } from './limit.js';
import type { LogoutRequest } from './request.js';
import type * as Windows from './window.js';

let windows: typeof Windows | undefined;

/** Fetches what opens windows, while nobody waits: a press opens one at once, or none. */
export const loadWindows = async (): Promise<typeof Windows> => (windows ??= await import('./window.js'));

/** `null`: blocked by the browser. `undefined`: not wanted, or not loaded yet. */
export const openWindow = ({ mayOpen }: LogoutRequest): Windows.ProviderWindow | null | undefined =>
  mayOpen ? windows?.openWindow() : undefined;

/** The session check that is to follow a trip, where one is wanted; without it the trip claims less. */
export const checkAfter = async (
  request: LogoutRequest,
  { authorization }: Endpoints,
  signal: AbortSignal,
): Promise<Windows.SessionCheck | undefined> => {
  if (!request.verify || !authorization) return undefined;
  try {
    return (windows ?? (await orAborted(loadWindows(), signal))).sessionCheck(authorization, request);
  } catch {
    return undefined;
  }
};
