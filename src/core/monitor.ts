import type { TokenCheck } from './checks.js';

// Loaded when it is needed, and imports nothing of the rest: a page may have that under another URL.

/** What the provider says of the access token; `null`: it was not asked, or there is another token by now. */
export type Ask = () => Promise<[accessToken: string, answer: TokenCheck] | null>;

/** Between two questions, ms. */
const pause = 30_000;

/**
 * Notices that a session was ended elsewhere: asks whenever the page is seen again or is back online. Only a token that
 * the provider has known counts: of another it is not known why it is refused.
 *
 * @returns asks now, if it is time
 */
export const monitor = (ask: Ask, onGone: () => void): (() => void) => {
  let known: string | undefined;
  let askedAt = -Infinity;
  const look = async () => {
    if (Date.now() - askedAt < pause) return;
    const before = askedAt;
    askedAt = Date.now();
    const [token, answer] = (await ask()) ?? [];
    if (!token) askedAt = before;
    if (answer === 'known') known = token;
    if (answer === 'gone' && token === known) onGone();
  };
  const start = () => {
    look().catch(() => undefined);
  };
  addEventListener('visibilitychange', start);
  addEventListener('online', start);
  return start;
};
