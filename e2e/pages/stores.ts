// An app whose tokens are kept, and renewed, by a real library: by oidc-client-ts in `sessionStorage` or in memory, or by
// keycloak-js. The user is the one that a test has put into `sessionStorage`.
import Keycloak from 'keycloak-js';
import { InMemoryWebStorage, User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { isLoggingOut, type TokenSource, wasLoggedOut } from '../../src/index.js';
import '../../src/define.js';

export type Kind = 'storage' | 'manager' | 'keycloak';

/** What a test may ask of the app. */
export interface App {
  /** What the library told the app, and what the document heard, in order. */
  heard: string[];
  /** How many tokens the library holds. */
  held: () => Promise<number>;
  /** Begins a renewal; resolves when it has ended, in whatever way. */
  renew: () => Promise<unknown>;
  /** Lets the answers of the provider's token endpoint in, which wait from `holdAnswers()` on. */
  letIn: () => void;
  holdAnswers: () => void;
  /** How many answers have come, held or not. */
  answers: () => number;
  guards: () => { isLoggingOut: boolean; wasLoggedOut: boolean };
}

declare global {
  interface Window {
    app: App;
  }
}

const query = new URLSearchParams(location.search);
const kind = query.get('kind') as Kind;
const { authority, clientId } = (await (await fetch('/demo/config.json')).json()) as Record<string, string> & {
  authority: string;
  clientId: string;
};

// The answer is the provider's own; only its way is made as long as the test needs it.
let answers = 0;
let gate: PromiseWithResolvers<void> | undefined;
const fetchNow = window.fetch.bind(window);
window.fetch = async (input, init) => {
  const response = await fetchNow(input, init);
  if ((input instanceof Request ? input.url : String(input)).endsWith('/token')) {
    answers += 1;
    await gate?.promise;
  }
  return response;
};

const heard: string[] = [];
const key = `oidc.user:${authority}:${clientId}`;
const stored = sessionStorage.getItem(key);
const element = document.querySelector('arkane-logout')!;
element.authority = authority;

const byOidcClient = async (): Promise<Pick<App, 'held' | 'renew'> & { source?: TokenSource }> => {
  const users = new UserManager({
    authority,
    client_id: clientId,
    redirect_uri: location.origin + location.pathname,
    scope: 'openid',
    automaticSilentRenew: query.has('renews'),
    accessTokenExpiringNotificationTimeInSeconds: 100_000, // renews a second after it was loaded
    ...(kind === 'manager' && { userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }) }),
  });
  if (kind === 'manager' && stored) {
    sessionStorage.removeItem(key);
    await users.storeUser(User.fromStorageString(stored));
  }
  users.events.addUserLoaded(() => void heard.push('userLoaded'));
  users.events.addUserUnloaded(() => void heard.push('userUnloaded'));
  await users.getUser();
  return {
    ...(kind === 'manager' && { source: users }),
    async held() {
      const user = await users.getUser();
      return [user?.id_token, user?.access_token, user?.refresh_token].filter(Boolean).length;
    },
    renew: () => users.signinSilent().catch(() => undefined),
  };
};

const byKeycloak = async (): Promise<Pick<App, 'held' | 'renew'> & { source?: TokenSource }> => {
  const [, url, realm] = /^(.*)\/realms\/(.*)$/.exec(authority)!;
  const keycloak = new Keycloak({ url: url!, realm: realm!, clientId });
  const user = JSON.parse(stored ?? 'null') as Record<'access_token' | 'id_token' | 'refresh_token', string> | null;
  sessionStorage.removeItem(key);
  keycloak.onAuthLogout = () => heard.push('onAuthLogout');
  keycloak.onAuthRefreshSuccess = () => heard.push('onAuthRefreshSuccess');
  await keycloak.init({
    checkLoginIframe: false,
    ...(user && { token: user.access_token, idToken: user.id_token, refreshToken: user.refresh_token }),
  });
  keycloak.loginRequired = true; // as `onLoad: 'login-required'` sets it
  return {
    source: keycloak,
    held: () => Promise.resolve([keycloak.idToken, keycloak.token, keycloak.refreshToken].filter(Boolean).length),
    renew: () => keycloak.updateToken(-1).catch(() => undefined),
  };
};

const { source, ...app } = await (kind === 'keycloak' ? byKeycloak() : byOidcClient());
answers = 0; // keycloak-js renews what it is given
heard.length = 0;
if (source) element.tokenStore = source;
for (const type of ['arkane-logging-out', 'arkane-logged-out', 'arkane-logout-error'] as const)
  document.addEventListener(type, () => heard.push(type));

window.app = {
  ...app,
  heard,
  holdAnswers() {
    gate = Promise.withResolvers();
  },
  letIn() {
    gate?.resolve();
    gate = undefined;
  },
  answers: () => answers,
  guards: () => ({ isLoggingOut: isLoggingOut(), wasLoggedOut: wasLoggedOut({ clientId, authority }) }),
};
if (query.has('holds')) window.app.holdAnswers();
