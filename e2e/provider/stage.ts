import { HttpBrowser, payloadOf, send, type HttpAnswer, type SignInTokens } from '../support/http-sign-in.ts';
import type { EndpointName, ProviderUnderTest } from '../support/provider.ts';

/** What a scene is played with: one provider, a browser that has signed in, and the app's tokens. */
export interface Stage {
  provider: ProviderUnderTest;
  app: string;
  browser: HttpBrowser;
  tokens: SignInTokens;
  /** Signs a client in with this or another browser. */
  signIn: (clientId: string, browser?: HttpBrowser, scope?: string) => Promise<SignInTokens>;
  newBrowser: () => HttpBrowser;
  /** A POST as a page of the app makes it, without cookies. */
  post: (endpoint: EndpointName, form: Record<string, string>, origin?: string) => Promise<HttpAnswer>;
  /** A POST as the provider's own window makes it, with the browser's cookies. */
  postWithCookies: (endpoint: EndpointName, form: Record<string, string>, browser?: HttpBrowser) => Promise<HttpAnswer>;
  get: (endpoint: EndpointName, query: Record<string, string>, browser?: HttpBrowser) => Promise<HttpAnswer>;
}

export interface Scene {
  name: string;
  /** How the app signs in first; default: the client `Arketype`, scope `openid`. */
  client?: string;
  scope?: string;
  /** Another client that the browser signed in before. */
  after?: string;
  play(stage: Stage): Promise<HttpAnswer>;
}

export const client_id = 'Arketype';
/** An origin that no client has registered. */
export const evil = 'http://evil.localhost:4300';
export const byToken = (tokens: SignInTokens, hint = false) => ({
  client_id,
  refresh_token: tokens.refresh_token,
  ...(hint && { id_token_hint: tokens.id_token }),
});
export const byHint = (tokens: SignInTokens) => ({ client_id, id_token_hint: tokens.id_token });
export const back = (app: string) => ({ post_logout_redirect_uri: `${app}/bye`, state: 'ours' });
export const away = { post_logout_redirect_uri: 'http://evil.localhost:4300/bye' };
export const refresh = (tokens: SignInTokens) => ({
  grant_type: 'refresh_token',
  client_id,
  refresh_token: tokens.refresh_token,
});

/** Signs in as a scene wants it. */
export async function setTheStage(scene: Scene, provider: ProviderUnderTest, app: string): Promise<Stage> {
  const newBrowser = () => new HttpBrowser(provider.issuer);
  const browser = newBrowser();
  const signIn: Stage['signIn'] = (clientId, in_ = browser, scope = 'openid') =>
    in_.signIn({ clientId, redirectUri: `${app}/callback`, scope });
  if (scene.after) await signIn(scene.after);
  const tokens = await signIn(scene.client ?? client_id, browser, scene.scope);
  return {
    provider,
    app,
    browser,
    tokens: { ...tokens, session_state: String(payloadOf(tokens.refresh_token).sid) },
    signIn,
    newBrowser,
    post: (endpoint, form, origin = app) => send(browser.endpoint(endpoint), { form, headers: { origin } }),
    postWithCookies: (endpoint, form, in_ = browser) =>
      in_.visit(browser.endpoint(endpoint), { form, headers: { origin: app } }),
    get: (endpoint, query, in_) => {
      const url = browser.endpoint(endpoint, query);
      return in_ ? in_.visit(url) : send(url);
    },
  };
}
