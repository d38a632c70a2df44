import { orAborted, quietly, within } from './limit.js';
import type { LogoutRequest } from './request.js';
import type * as Windows from './window.js';

let windows: typeof Windows | undefined;

/** Fetches what opens windows, while nobody waits: a press opens one at once, or none. */
export const loadWindows = async (): Promise<typeof Windows> => (windows ??= await import('./window.js'));

/** `null`: blocked by the browser. `undefined`: not wanted, not loaded yet, or not possible in this browser. */
export const openWindow = ({ mayOpen }: LogoutRequest): Windows.ProviderWindow | null | undefined =>
  mayOpen ? quietly(() => windows?.openWindow()) : undefined;

/** The session check that is to follow a trip, where one is wanted; without it the trip claims less. */
export const checkAfter = async (
  request: LogoutRequest,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<Windows.SessionCheck | undefined> => {
  if (!request.verify || !authorization) return undefined;
  try {
    const limits = { timeout: request.timeout / 4, signal }; // a file that does not come keeps nobody from going
    const { sessionCheck } = await within(limits, (limited) => orAborted(loadWindows(), limited));
    return sessionCheck(authorization, request);
  } catch {
    return undefined;
  }
};
