import { type TokenCheck, tokenCheck } from './checks.js';
import { keycloakEndpoints } from './endpoints.js';
import { LogoutError } from './errors.js';
import { within } from './limit.js';
import { post } from './post.js';
import type { LogoutRequest } from './request.js';
import type { Outcome } from './result.js';
import { claimsOf, type Tokens } from './token-store.js';

/** What a strategy works under. */
interface Context {
  /** Its reason is a `LogoutError`. */
  signal: AbortSignal;
  /** What the token check said before the first request to end the session, if it was asked. */
  before?: TokenCheck | undefined;
  /** Why the strategy before this one proved nothing. */
  previous?: LogoutError | undefined;
}

/** One way to end a session; `null` where the token that it needs is missing. Never rejects. */
type Strategy = (request: LogoutRequest, tokens: Tokens, context: Context) => Promise<Outcome | null>;

/** A CORS POST of the refresh token. Keycloak answers 204 when that token's session is over. */
const token: Strategy = async (request, tokens, { signal }) => {
  if (!tokens.refreshToken) return null;
  try {
    const { status } = await endSession(request, tokens, signal, { refresh_token: tokens.refreshToken });
    if (status !== 204) return unknown('token', 'refused', `The provider answered the logout with status ${status}.`);
    return provesByResponse(tokens)
      ? { via: 'token', providerSession: 'ended', evidence: 'logout-response' }
      : unknown('token', 'unproved', 'The provider took the refresh token, but this kind of token proves nothing.');
  } catch (cause) {
    return unreached('token', signal, cause);
  }
};

/**
 * A cookie-free `no-cors` POST of the ID token between two token checks. Its answer cannot be read: only the checks
 * can prove something, and one that fails stops nothing.
 */
const hint: Strategy = async (request, tokens, { signal, before, previous }) => {
  if (!tokens.idToken) return null;
  const known = (before ?? (await check(request, tokens, signal))) === 'known';
  try {
    // `no-cors` cannot refuse a redirect.
    await endSession(request, tokens, signal, {}, { mode: 'no-cors', redirect: 'follow' });
  } catch (cause) {
    return unreached('hint', signal, cause);
  }
  if (known && (await check(request, tokens, signal)) === 'gone')
    return { via: 'hint', providerSession: 'ended', evidence: 'token-check' };
  if (signal.aborted) return unreached('hint', signal);
  return unknown('hint', 'unproved', 'The logout was sent to the provider, but no proof can be read here.', {
    cause: previous,
  });
};

/**
 * Ends the tokens' session in the background: by `token`, then by `hint`, until one has proved it. Never rejects; the
 * last strategy that was tried has the last word.
 */
export const endInBackground = async (
  request: LogoutRequest,
  tokens: Tokens,
  signal: AbortSignal,
): Promise<Outcome> => {
  // A refresh token that cannot prove may still end something: only a check made before it shows that `hint` did.
  const before = tokens.refreshToken && !provesByResponse(tokens) ? await check(request, tokens, signal) : undefined;
  let outcome: Outcome | undefined;
  for (const strategy of [token, hint]) {
    outcome = (await strategy(request, tokens, { signal, before, previous: outcome?.error })) ?? outcome;
    if (outcome?.providerSession === 'ended' || signal.aborted) break;
  }
  return outcome ?? unknown('none', 'unproved', 'No token was left that the provider could be asked with.');
};

const unknown = (via: Outcome['via'], ...error: ConstructorParameters<typeof LogoutError>): Outcome => ({
  via,
  providerSession: 'unknown',
  evidence: 'none',
  error: new LogoutError(...error),
});

/** A request that failed; where we ended it ourselves, the signal's reason says why. */
const unreached = (via: Outcome['via'], signal: AbortSignal, cause?: unknown): Outcome => ({
  ...unknown(via, 'network', 'The provider could not be reached.', { cause }),
  ...(signal.aborted && { error: signal.reason as LogoutError }),
});

/**
 * Whether a 204 to this refresh token proves that the tokens' session is over. An offline token that was revoked
 * earlier is answered with 204 too, the session alive; and a token of another session speaks of that one.
 */
const provesByResponse = ({ refreshToken, idToken }: Tokens): boolean => {
  const refresh = claimsOf(refreshToken);
  const sid = claimsOf(idToken)?.sid ?? refresh?.sid;
  return refresh?.typ === 'Refresh' && refresh.sid === sid;
};

/**
 * The token check, where its answer can mean anything: the token must be of the session that is ended, and must not
 * expire on the way. It gets a quarter of the time, so that a userinfo that hangs does not keep the logout from going out.
 */
const check = async (request: LogoutRequest, tokens: Tokens, signal: AbortSignal): Promise<TokenCheck> => {
  const { idToken, accessToken, expiresAt } = tokens;
  const isOfSession = claimsOf(accessToken)?.sid === claimsOf(idToken)?.sid;
  if (!accessToken || !isOfSession || !(Number(expiresAt) - Date.now() / 1000 >= 30)) return 'unclear'; // also for NaN
  const { userinfo } = keycloakEndpoints(request.authority);
  return within({ timeout: request.timeout / 4, signal }, (limited) => tokenCheck(userinfo, accessToken, limited));
};

/** RP-Initiated Logout §2, by POST. */
const endSession = (
  { authority, clientId, params }: LogoutRequest,
  { idToken }: Tokens,
  signal: AbortSignal,
  parameters: Record<string, string>,
  options?: RequestInit,
): Promise<Response> =>
  post(
    keycloakEndpoints(authority).endSession,
    { ...params, client_id: clientId, ...(idToken && { id_token_hint: idToken }), ...parameters },
    signal,
    { keepalive: true, ...options }, // the request outlives the page
  );
