/** What is true, by those who know it; nothing of the code under test has a part in it. And what may be said of it. */
import { payloadOf, send } from '../support/http-sign-in.ts';
import { browserBy, type Heard, type Scene, sidOf, type Truths } from '../support/scene.ts';
import type { Arranged } from '../support/situations.ts';

export interface Truth extends Truths {
  /** The offline session of the tokens, where they are of one. */
  offline?: 'over' | 'alive';
  /** A second, plain client's `prompt=none`, and the entry of the session cookie in the provider's own store. */
  promptNone: string;
  cookie: 'over' | 'alive';
  /** What the same client is answered with a large `max_age`. */
  sameClient: string;
}

const isKeycloak = (scene: Scene) => scene.world.provider.profile === 'keycloak';

/** Looks everywhere, and leaves the page. The same client's own request comes last: it may take the client into the session again. */
export async function lookUp(scene: Scene, { user, clientId }: Arranged): Promise<Truth> {
  const { provider } = scene.world;
  const sid = sidOf(user);
  const isOffline = isKeycloak(scene) && payloadOf(user.refresh_token!).typ === 'Offline';
  const offline = isOffline ? ((await provider.offlineSessionLives(sid)) ? 'alive' : 'over') : undefined;
  const tokensSession = await scene.tokensSession(sid, clientId);
  // Keycloak's cache may know a session that its database has forgotten (keycloak/keycloak#51127).
  const isStillGood = isKeycloak(scene) && !isOffline && (await canRefresh(scene, user.refresh_token!, clientId));
  const promptNone = await scene.askSilently('Plain');
  const isSignedIn = browserBy(promptNone) === 'alive';
  // … and may sign the browser in by it, with nothing else to show for it.
  const isItsSession = isSignedIn && provider.sidIn(scene.world.cookies()) === sid;
  const cookie = (await provider.isSignedIn(scene.world.cookies())) ? 'alive' : 'over';
  const sameClient = await scene.askSilently(clientId, { max_age: '31536000' });
  return {
    tokensSession: isStillGood
      ? 'alive'
      : isItsSession && tokensSession === 'over'
        ? 'alive, without this client'
        : tokensSession,
    ...(offline && { offline }),
    browser: cookie === 'alive' ? 'alive' : browserBy(promptNone),
    promptNone,
    cookie,
    sameClient,
  };
}

async function canRefresh({ world }: Scene, refresh_token: string, client_id: string): Promise<boolean> {
  const form = { grant_type: 'refresh_token', client_id, refresh_token };
  return (await send(world.provider.endpoint('token'), { form })).status === 200;
}

/**
 * A result that says more, or other, than what is true: which rule it breaks. Where nobody has asked for the same client,
 * the browser's session stands for it.
 */
export function lieIn({ detail }: Heard, truth: Truths & Partial<Truth>): string | undefined {
  const { tokensSession, offline, browser, sameClient = browser === 'over' ? 'login_required' : 'code' } = truth;
  const { providerSession, evidence } = detail;
  if (providerSession === 'ended') {
    if (evidence === 'logout-response' && tokensSession !== 'over')
      return 'ended by logout-response, and the tokens’ session lives';
    if (evidence === 'token-check' && tokensSession === 'alive')
      return 'ended by token-check, and the session lives with this client in it';
    if (evidence === 'session-check' && sameClient !== 'login_required')
      return `ended by session-check, and the same client is answered ${sameClient}`;
    if (evidence !== 'session-check' && offline === 'alive')
      return `ended by ${evidence}, and the offline session lives`;
    if (evidence === 'none' || evidence === 'return') return `ended by ${evidence}`;
  }
  if (providerSession === 'alive' && tokensSession === 'over' && browser === 'over') return 'alive, and both are over';
  return undefined;
}

/** Whether both sessions are over, and the result did not say `ended`. */
export const couldSayMore = ({ detail }: Heard, { tokensSession, browser }: Truth): boolean =>
  detail.providerSession !== 'ended' && tokensSession === 'over' && browser === 'over';
