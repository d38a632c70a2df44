/** What a logout finds: what the app keeps, and what the provider thinks of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { send, type SignInTokens } from './http-sign-in.ts';
import { briefLifespan, type ClientId } from './provider.ts';
import type { Front } from './proxy.ts';
import { type Scene, sidOf, type StoredUser } from './scene.ts';

export interface Arranged {
  clientId: ClientId;
  /** As it was issued. */
  user: StoredUser;
  /** What the app keeps of it. */
  stored: object;
  /** What the app does as the user is about to press. */
  begin?: () => Promise<void>;
  /** Whether what was to happen in the middle has happened. */
  hasHappened?: () => boolean;
}

/** `meet`: looks at what browsers ask of the provider from now on. */
type Arrange = (scene: Scene, meet: (front: Front) => void) => Promise<Omit<Arranged, 'stored'>>;

const signedIn =
  (clientId: ClientId = 'Arketype', scope?: string, username?: string): Arrange =>
  async (scene) => ({ clientId, user: await scene.tokensFor(clientId, { scope, username }) });

/** The tokens of one session, in a browser that is in another. */
const inAnother =
  (username: 'alice' | 'bob', isOver = false): Arrange =>
  async (scene) => {
    const user = await scene.tokensFor('Arketype');
    await scene.browser.fresh();
    await scene.tokensFor('Arketype', { username });
    if (isOver) await scene.world.provider.endSession(sidOf(user));
    return { clientId: 'Arketype', user };
  };

/** An offline session beside the online one: asked for in a second sign-in, because alone it leaves no online session. */
const offline =
  (isRevoked = false): Arrange =>
  async (scene) => {
    await scene.tokensFor('Arketype');
    const user = await scene.tokensFor('Arketype', { scope: 'openid offline_access' });
    if (isRevoked) {
      await scene.tokensFor('Plain'); // alone in the session, the app would end it by the revocation
      await revoke(scene, user);
    }
    return { clientId: 'Arketype', user };
  };

const besideAnotherApp =
  (isRevoked = false): Arrange =>
  async (scene) => {
    const user = await scene.tokensFor('Arketype');
    await scene.tokensFor('Plain');
    if (isRevoked) await revoke(scene, user);
    return { clientId: 'Arketype', user };
  };

const revoke = (scene: Scene, user: StoredUser) =>
  scene.post('revoke', { client_id: 'Arketype', token: user.refresh_token! });

const refresh = (scene: Scene, user: StoredUser, client_id: ClientId = 'Arketype') =>
  scene.post<SignInTokens>('token', { grant_type: 'refresh_token', client_id, refresh_token: user.refresh_token! });

const isLogout = (url = '') => /\/(logout|session\/end)(\?|$)/.test(url);

/** What happens while the first request to end the session is on its way; `answer`: instead of the provider. */
const inTheMiddle =
  (before: Arrange, act: (scene: Scene, user: StoredUser) => Promise<unknown>, answer?: number): Arrange =>
  async (scene, meet) => {
    const arranged = await before(scene, meet);
    let isMet = false;
    let hasActed = false;
    meet(async ({ url }, response) => {
      if (!isLogout(url)) return false;
      if (!isMet) {
        isMet = true;
        await act(scene, arranged.user);
        hasActed = true;
      }
      if (answer) response.writeHead(answer).end();
      return answer !== undefined;
    });
    return { ...arranged, hasHappened: () => hasActed };
  };

/** The app's own requests with the access token, always a few on their way. */
const busily = async ({ browser, world }: Scene, { access_token }: StoredUser): Promise<void> => {
  await browser.evaluate(
    ({ userinfo, access_token }) => {
      let isOver = false;
      document.addEventListener('arkane-logged-out', () => (isOver = true));
      const ask = async () => {
        while (!isOver) await fetch(userinfo, { method: 'POST', body: new URLSearchParams({ access_token }) });
      };
      for (let i = 0; i < 4; i++) void ask();
    },
    { userinfo: world.provider.endpoint('userinfo'), access_token },
  );
};

const arrangements = {
  'all tokens': signedIn(),
  /** Whole seconds are compared with a `default_max_age`. */
  'all tokens, two seconds old': async (scene, meet) => {
    const arranged = await signedIn()(scene, meet);
    await sleep(2100);
    return arranged;
  },
  'expired access token': async (scene, meet) => {
    const arranged = await signedIn('Brief')(scene, meet);
    await sleep((briefLifespan + 1) * 1000);
    return arranged;
  },
  'access token that expires between two checks': async (scene, meet) => {
    const { endpoint } = scene.world.provider;
    let access_token = '';
    const arranged = await inTheMiddle(signedIn('Brief'), async () => {
      const { status } = await send(endpoint('userinfo'), { form: { access_token } });
      if (status !== 200) throw new Error('the access token has expired too early');
      await sleep((briefLifespan + 1) * 1000);
    })(scene, meet);
    const begin = async () => {
      const fresh = await refresh(scene, arranged.user, 'Brief');
      ({ access_token } = fresh);
      const kept = (await scene.storedUser('Brief'))!;
      await scene.keep({ ...kept, access_token, id_token: fresh.id_token }, 'Brief');
    };
    return { ...arranged, begin };
  },
  'rotated by another tab in the middle': inTheMiddle(signedIn(), async (scene, user) => {
    await refresh(scene, user);
    await refresh(scene, user).then(
      () => {
        throw new Error('a refresh token was good for two uses');
      },
      () => undefined,
    );
  }),
  'dead session': async (scene, meet) => {
    const arranged = await signedIn()(scene, meet);
    await scene.world.provider.endSession(sidOf(arranged.user));
    return arranged;
  },
  'offline token': offline(),
  'offline token revoked earlier': offline(true),
  'offline token, no online session': signedIn('Arketype', 'openid offline_access'),
  'the browser in another session': inAnother('alice'),
  'the browser in another account': inAnother('bob'),
  'dead session, the browser in another': inAnother('alice', true),
  'a second app in the session': besideAnotherApp(),
  'a second app in the session, refresh token revoked earlier': besideAnotherApp(true),
  'revoked by the host in the middle': inTheMiddle(signedIn(), revoke),
  'revoked by the host in the middle, a second app in the session': inTheMiddle(besideAnotherApp(), revoke),
  'revoked by the host, logout answered 503': inTheMiddle(signedIn(), revoke, 503),
  'revoked by the host, logout answered 503, a second app in the session': inTheMiddle(besideAnotherApp(), revoke, 503),
  'web origin not registered': signedIn('NoOrigin'),
  'post-logout URI not registered': signedIn('NoReturn'),
  'the app’s own requests on their way': async (scene, meet) => {
    const arranged = await signedIn()(scene, meet);
    return { ...arranged, begin: () => busily(scene, arranged.user) };
  },
} satisfies Record<string, Arrange>;

const changes = {
  'no refresh token': (user) => ({ ...user, refresh_token: undefined }),
  'ID token alone': (user) => ({ ...user, access_token: undefined, refresh_token: undefined }),
  'ID token lost': (user) => ({ ...user, id_token: undefined }),
  'access token alone': (user) => ({ ...user, id_token: undefined, refresh_token: undefined }),
  'slow clock': (user) => ({ ...user, refresh_token: undefined, expires_at: user.expires_at + 600 }),
  'garbage as refresh token': (user) => ({ ...user, refresh_token: 'garbage' }),
  '"undefined" as refresh token': (user) => ({ ...user, refresh_token: 'undefined' }),
  'the access token as refresh token': (user) => ({ ...user, refresh_token: user.access_token }),
} satisfies Record<string, (user: StoredUser) => object>;

type Arrangement = keyof typeof arrangements;

/** What is the case, and what the app keeps of it when that is not everything. */
export type SituationName = Arrangement | `${Arrangement}; ${keyof typeof changes}`;

const cannot = (): never => {
  throw new Error('this situation needs a front');
};

/** Signs in, and brings about what the name says. Leaves a page of the app. */
export async function arrange(scene: Scene, name: string, meet: (front: Front) => void = cannot): Promise<Arranged> {
  const [what = '', change] = name.split('; ');
  const doIt = (arrangements as Record<string, Arrange>)[what];
  const keep =
    change === undefined
      ? (user: StoredUser) => user
      : (changes as Record<string, (user: StoredUser) => object>)[change];
  if (!doIt || !keep) throw new Error(`no such situation: ${name}`);
  const arranged = await doIt(scene, meet);
  return { ...arranged, stored: keep(arranged.user) };
}
