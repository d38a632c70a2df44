import { authority } from './sign-in.js';

/**
 * The first three are all the end-session endpoint, asked with a refresh token, with the ID token alone, and with nothing
 * at all, which only shows that it can be reached.
 */
type Endpoint = 'token' | 'hint' | 'reach' | 'userinfo' | 'metadata' | 'revocation';

/** Beside them whatever nothing is scripted for: it fails, and is seen. */
type Asked = Endpoint | 'elsewhere';

/** An issuer that is not Keycloak-shaped, and whose metadata no module has; as `authority` it can be navigated to. */
export const newIssuer = (): string => `${location.origin}/no-content/${crypto.randomUUID()}`;

/** What the scripted provider says of itself there. */
export const metadataOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  end_session_endpoint: `${issuer}/session/end`,
  revocation_endpoint: `${issuer}/token/revocation`,
  userinfo_endpoint: `${issuer}/me`,
});

export const json = (body: unknown): Response => Response.json(body);

export interface Sent {
  to: Asked;
  url: string;
  init: RequestInit;
  /** What is plain in `init`: an expectation on all of it would, once it fails, never end printing its signal. */
  settings: Omit<RequestInit, 'body' | 'signal'>;
  /** The form, as the provider reads it. */
  form: Record<string, string>;
}

type Answer = (sent: Sent) => Response | PromiseLike<Response>;

export interface Provider extends Record<Endpoint, Answer> {
  readonly sent: readonly Sent[];
  /** The endpoints in the order in which they were asked. */
  readonly asked: readonly Asked[];
  /** The forms that one of them was sent, in their order. */
  forms: (to: Asked) => Sent['form'][];
}

export const status = (code: number, headers: HeadersInit = {}) => new Response(null, { status: code, headers });
/** userinfo's answer to a token whose session is over. */
export const gone = () =>
  status(401, { 'WWW-Authenticate': 'Bearer error="invalid_token", error_description="user_session_not_found"' });
/** What `fetch` does without a network, and when CORS refuses. */
export const unreachable = (): never => {
  throw new TypeError('Failed to fetch');
};
/** Answers without a network, for `Object.assign(provider, offline)`. */
export const offline = { token: unreachable, hint: unreachable, reach: unreachable, userinfo: unreachable };
export const never = () => new Promise<Response>(() => undefined);

/** Answers one after the other; the last one stays. */
export const inTurn = (...answers: (() => Response)[]): (() => Response) => {
  let turn = 0;
  return () => answers[Math.min(turn++, answers.length - 1)]!();
};

const known = () => status(200);
const metadata = ({ url }: Sent) => json(metadataOf(url.replace('/.well-known/openid-configuration', '')));

/**
 * A provider in place of `fetch`, new for each test of the group: it ends sessions, and answers as told. An end-to-end
 * test has the real thing; this one is for answers that the real thing would rarely give.
 */
export const scriptedProvider = (): Provider => {
  const original = globalThis.fetch;
  const sent: Sent[] = [];
  const provider: Provider = {
    sent,
    get asked() {
      return sent.map(({ to }) => to);
    },
    forms: (asked) => sent.filter(({ to }) => to === asked).map(({ form }) => form),
    token: () => status(204),
    hint: known,
    reach: known,
    userinfo: known,
    metadata,
    revocation: known,
  };
  const fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const { url, signal } = new Request(input, init); // throws where a real request would
    const form = Object.fromEntries(new URLSearchParams(init.body as URLSearchParams));
    const to = endpointOf(url, init.mode, form);
    const settings = Object.fromEntries(Object.entries(init).filter(([name]) => !['body', 'signal'].includes(name)));
    const request = { to, url, init, settings, form };
    signal.throwIfAborted();
    sent.push(request);
    const aborted = new Promise<never>((_, reject) => {
      init.signal?.addEventListener('abort', () => {
        reject(init.signal?.reason as Error);
      });
    });
    aborted.catch(() => undefined); // also where the answer is thrown, and nobody races
    if (to === 'elsewhere') throw new Error(`Nothing is scripted for ${url}`);
    return Promise.race([aborted, provider[to](request)]);
  };
  beforeEach(() => {
    sent.length = 0;
    let isOver = false;
    const end = (answer: () => Response) => () => {
      isOver = true;
      return answer();
    };
    const userinfo = () => (isOver ? gone() : known());
    const token = end(() => status(204));
    // As Keycloak does: it hears the request, and its answer has no CORS headers.
    const hint = end(unreachable);
    Object.assign(provider, { token, hint, reach: known, userinfo, metadata, revocation: known });
    globalThis.fetch = fetch;
  });
  afterEach(() => {
    globalThis.fetch = original;
  });
  return provider;
};

const endpointOf = (url: string, mode: RequestMode | undefined, form: Sent['form']): Asked => {
  if (url === `${authority}/protocol/openid-connect/userinfo`) return 'userinfo';
  if (url.endsWith('/.well-known/openid-configuration')) return 'metadata';
  if (url.endsWith('/token/revocation')) return 'revocation';
  if (url !== `${authority}/protocol/openid-connect/logout` && !url.endsWith('/session/end')) return 'elsewhere';
  // `no-cors` follows a redirect to anywhere: nothing may go that way.
  if (mode === 'no-cors') return Object.keys(form).length > 0 ? 'elsewhere' : 'reach';
  return 'id_token_hint' in form && !('refresh_token' in form) ? 'hint' : 'token';
};
