import { type TokenCheck, tokenCheck } from './checks.js';
import type { Endpoints } from './discovery.js';
import { endpointsOf, endSessionUrl, isKeycloakShaped } from './endpoints.js';
import { LogoutError } from './errors.js';
import { orAborted, quietly, within } from './limit.js';
import { post } from './post.js';
import type { LogoutRequest } from './request.js';
import { type Outcome, unknown } from './result.js';
import { depart, forget, type Trip, type TripStart } from './resume.js';
import { claimsOf, type Tokens } from './tokens.js';
import { checkAfter } from './visit.js';
import type { Visit } from './window.js';

/** What a strategy works under. */
interface Context {
  endpoints: Endpoints;
  /** Its reason is a `LogoutError`. */
  signal: AbortSignal;
  /** What the token check said before the first request to end the session, if it was asked. */
  before?: TokenCheck | undefined;
  /** Why the strategy before this one proved nothing. */
  previous?: LogoutError | undefined;
}

/** One way to end a session; `null` where the token that it needs is missing. Rejects with why nothing is proved. */
type Strategy = (request: LogoutRequest, tokens: Tokens, context: Context) => Promise<Outcome | null>;

const unproved = (cause?: LogoutError) => new LogoutError('unproved', 'No proof can be had here.', { cause });

/**
 * A CORS POST of the refresh token. Keycloak answers 204 when that token's session is over; then it is asked once more,
 * because a request that reads a session while it ends can bring it back into Keycloak's cache (decision 0008).
 */
const token: Strategy = async (request, tokens, { endpoints, signal }) => {
  if (!tokens.refreshToken) return null;
  const parameters = { ...parametersOf(request, tokens), refresh_token: tokens.refreshToken };
  const end = async () => {
    const { status } = await post(endpoints.endSession, parameters, signal);
    if (status !== 204) throw new LogoutError('refused', `The provider answered ${status}.`);
  };
  await end();
  if (!provesByResponse(tokens)) throw unproved();
  await end();
  return { via: 'token', providerSession: 'ended', evidence: 'logout-response' };
};

/**
 * A POST of the ID token between two token checks. Its answer can be read nowhere: only the checks can prove something,
 * and one that fails stops nothing.
 */
const hint: Strategy = async (request, tokens, { endpoints, signal, before, previous }) => {
  if (!tokens.idToken) return null;
  const known = (before ?? (await check(request, tokens, endpoints, signal))) === 'known';
  // It arrives, but as a rule its answer may not be read. Without cookies at Keycloak, which would weigh another
  // session's; others live on theirs.
  const credentials = isKeycloakShaped(request.authority) ? 'omit' : 'include';
  await post(endpoints.endSession, parametersOf(request, tokens), signal, { credentials }).catch(() => undefined);
  if (known && (await check(request, tokens, endpoints, signal)) === 'gone')
    return { via: 'hint', providerSession: 'ended', evidence: 'token-check' };
  // Not readable, or not reached? `no-cors` tells, but would follow a redirect to anywhere: so without a token.
  await post(endpoints.endSession, {}, signal, { mode: 'no-cors', redirect: 'follow' });
  throw unproved(previous);
};

/** One after the other, until one has proved it; the last that was tried has the last word. */
const inBackground = async (
  request: LogoutRequest,
  tokens: Tokens,
  endpoints: Endpoints,
  signal: AbortSignal,
): Promise<Outcome> => {
  // A refresh token that cannot prove may still end something: only a check made before it shows that `hint` did.
  const cannotProve = tokens.refreshToken && !provesByResponse(tokens);
  const before = cannotProve ? await check(request, tokens, endpoints, signal) : undefined;
  let outcome: Outcome | undefined;
  for (const [via, strategy] of Object.entries(isKeycloakShaped(request.authority) ? { token, hint } : { hint })) {
    try {
      const ended = await strategy(request, tokens, { endpoints, signal, before, previous: outcome?.error });
      if (ended) return ended;
    } catch (cause) {
      outcome = failed(via as 'token' | 'hint', signal, cause);
      if (signal.aborted) break;
    }
  }
  return outcome ?? unknown('none', unproved());
};

/** A top-level GET in this tab (RP-Initiated Logout §2); where the page stays, it is stopped, and the trip forgotten. */
const redirect = async (
  request: LogoutRequest,
  tokens: Tokens | null,
  endpoints: Endpoints,
  signal: AbortSignal,
  start: TripStart,
): Promise<Trip> => {
  const check = await checkAfter(request, endpoints.authorization, signal);
  signal.throwIfAborted();
  const left = new Promise((resolve) => {
    addEventListener('pagehide', resolve, { once: true, signal });
  });
  const [trip, parameters] = depart(request, start, check);
  try {
    location.assign(endSessionUrl(endpoints.endSession, { ...parametersOf(request, tokens), ...parameters }));
    await orAborted(left, signal);
    return trip;
  } catch (cause) {
    stop();
    forget();
    throw cause;
  }
};

/**
 * Ends the session at the provider: in the background, in a window, or by going there when a trip is to `start`. A
 * `Trip`: the page is being left, and what comes of it is told where the user comes back. A `Visit`: where the window
 * is to go. Never rejects.
 */
export const endSession = async (
  request: LogoutRequest,
  tokens: Tokens | null,
  signal: AbortSignal,
  way?: 'window' | TripStart,
): Promise<Outcome | Trip | Visit> => {
  let via: Outcome['via'] = 'none';
  try {
    const endpoints = await endpointsOf(request, signal);
    const { revoke } = endpoints;
    if (!way) {
      const outcome = await inBackground(request, tokens ?? {}, endpoints, signal);
      revoke?.(tokens, request); // not before: a check after a revocation lies
      return outcome;
    }
    via = way === 'window' ? way : 'redirect';
    revoke?.(tokens, request);
    if (way !== 'window') return await redirect(request, tokens, endpoints, signal, way);
    const parameters = { ...parametersOf(request, tokens), post_logout_redirect_uri: request.postLogoutRedirectUri };
    return {
      url: endSessionUrl(endpoints.endSession, parameters),
      authorization: request.verify ? endpoints.authorization : undefined,
    };
  } catch (cause) {
    return failed(via, signal, cause);
  }
};

/** Why nothing is known; where we ended it ourselves, the signal's reason says why. */
const failed = (via: Outcome['via'], signal: AbortSignal, cause: unknown): Outcome => {
  const error = signal.aborted ? (signal.reason as unknown) : cause;
  const isTold = error instanceof LogoutError;
  return unknown(via, isTold ? error : new LogoutError('network', 'The provider could not be reached.', { cause }));
};

/**
 * Whether a 204 to this refresh token proves that the tokens' session is over. An offline token that was revoked
 * earlier is answered with 204 too, the session alive; and a token of another session speaks of that one.
 */
const provesByResponse = ({ refreshToken, idToken }: Tokens): boolean =>
  claimsOf(refreshToken)?.typ === 'Refresh' && areOfOneSession(refreshToken, idToken ?? refreshToken);

const areOfOneSession = (token: Tokens['idToken'], idToken: Tokens['idToken']): boolean => {
  const sid = claimsOf(idToken)?.sid;
  return sid !== undefined && claimsOf(token)?.sid === sid;
};

/**
 * The token check, where its answer can mean anything: the token must be of the session that is ended, and must not
 * expire on the way. It gets a quarter of the time, so that a userinfo that hangs does not keep the logout from going out.
 */
export const check = async (
  { timeout }: LogoutRequest,
  tokens: Tokens,
  { userinfo }: Endpoints,
  signal: AbortSignal,
): Promise<TokenCheck> => {
  const { idToken, accessToken, expiresAt } = tokens;
  const lasts = Number(quietly(() => Number(expiresAt))) - Date.now() / 1000 >= 30; // not for NaN
  if (!userinfo || !accessToken || !lasts || !areOfOneSession(accessToken, idToken)) return 'unclear';
  return within({ timeout: timeout / 4, signal }, (limited) => tokenCheck(userinfo, accessToken, limited));
};

/** What every request to the end-session endpoint carries (RP-Initiated Logout §2). */
const parametersOf = ({ clientId, params }: LogoutRequest, tokens: Tokens | null): Record<string, string> => ({
  ...params,
  client_id: clientId,
  ...(tokens?.idToken && { id_token_hint: tokens.idToken }),
});
