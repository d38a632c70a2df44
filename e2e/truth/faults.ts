/** What may go wrong at a provider, and what is to be said of it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../support/drivers.ts';

export const modes = ['POPUP', 'REDIRECT'] as const;
export type Mode = (typeof modes)[number];

/** ms that a logout has, unless its fault says otherwise. */
const timeout = 2500;

/** via, providerSession, evidence, the error's code; where an engine differs, its own. */
type Says = string | ({ usual: string } & Partial<Record<Engine, string>>);

/** `thief`: another origin. */
type Answer = (request: IncomingMessage, response: ServerResponse, thief: string) => unknown;

export interface Fault {
  name: string;
  /** Instead of the provider's. */
  answer?: Answer;
  /** ms that a logout has. */
  timeout: number;
  /** ms that the page's clock is fast. */
  clock?: number;
  /** The app has no refresh token. */
  isPoor?: true;
  /** The provider answers as well, and does what it is asked. */
  reaches?: true;
  /** The other origin is led to. */
  sendsOn?: true;
  says: Record<Mode, Says>;
}

type Draft = Omit<Fault, 'timeout'> & { timeout?: number };

export const saysIn = (engine: Engine, { says }: Fault, mode: Mode): string => {
  const words = says[mode];
  return typeof words === 'string' ? words : (words[engine] ?? words.usual);
};

const timed = (draft: Draft): Fault => ({ timeout, ...draft });

const cors = ({ headers }: IncomingMessage) => ({ 'access-control-allow-origin': headers.origin ?? '*' });

const page =
  (status: number, body: string): Answer =>
  (request, response) =>
    response.writeHead(status, { ...cors(request), 'content-type': 'text/html' }).end(body);

/** A comment, because the layout of that much text would be a fault of the browser's. */
const megabytes = Buffer.concat([
  Buffer.from('<!doctype html><title>Much</title><!--'),
  Buffer.alloc(50 * 2 ** 20, 'x'),
]);

const closed = 'redirect unknown none closed';
const unproved = 'hint unknown none unproved';
const unreachable = 'hint unknown none network';
export const returned = 'redirect returned return';

/** Of requests that are to end a session, or ask about a token, at a provider like Keycloak. */
export const faults: Fault[] = (
  [
    {
      name: 'resets in the middle of its headers',
      answer: (_request, { socket }) => socket?.write('HTTP/1.1 200 OK\r\ncontent-ty', () => socket.resetAndDestroy()),
      says: { POPUP: unreachable, REDIRECT: closed },
    },
    {
      name: 'resets in the middle of its body',
      answer(request, response) {
        response.writeHead(200, { ...cors(request), 'content-type': 'text/html', 'content-length': 1000 });
        response.write('<!doctype html>', () => setTimeout(() => response.socket?.resetAndDestroy(), 50));
      },
      // Firefox reads an opaque answer to its end.
      says: { POPUP: { usual: unproved, firefox: unreachable }, REDIRECT: closed },
    },
    {
      name: 'is slower than `timeout`',
      async answer(request, response, thief) {
        await sleep(timeout + 500);
        await page(200, '<!doctype html><title>Late</title>')(request, response, thief);
      },
      says: { POPUP: 'token unknown none timeout', REDIRECT: 'redirect unknown none timeout' },
    },
    {
      name: 'redirects for ever',
      answer: (request, response) => response.writeHead(302, { ...cors(request), location: request.url }).end(),
      says: { POPUP: unreachable, REDIRECT: closed },
    },
    {
      name: 'sends what it gets on to another origin',
      answer: (request, response, thief) =>
        response.writeHead(307, { ...cors(request), location: `${thief}/${request.headers.host}` }).end(),
      sendsOn: true,
      says: { POPUP: unproved, REDIRECT: closed },
    },
    {
      name: 'answers 50 MB',
      timeout: 10_000, // five times 50 MB take a busy machine long
      answer(request, response) {
        response.on('error', () => undefined); // the browser hangs up before the end
        response.writeHead(200, { ...cors(request), 'content-type': 'text/html' }).end(megabytes);
      },
      says: { POPUP: unproved, REDIRECT: closed },
    },
    {
      name: 'answers 400',
      answer: page(400, '<!doctype html><title>Bad request</title>'),
      says: { POPUP: unproved, REDIRECT: closed },
    },
    { name: 'answers 500', answer: page(500, ''), says: { POPUP: unproved, REDIRECT: closed } },
    {
      name: 'answers a page where none is expected',
      answer: page(200, '<!doctype html><title>Maintenance</title>'),
      says: { POPUP: unproved, REDIRECT: closed },
    },
    {
      name: 'answers 204, without CORS headers',
      answer: (_request, response) => response.writeHead(204).end(),
      // A navigation that is answered 204 leads nowhere: the page stays.
      says: { POPUP: unproved, REDIRECT: 'redirect unknown none timeout' },
    },
    {
      name: 'does as it is told, without CORS headers',
      answer(_request, response) {
        const set = response.setHeader.bind(response);
        response.setHeader = (name, value) => (/^access-control-/i.test(name) ? response : set(name, value));
      },
      reaches: true,
      says: { POPUP: unproved, REDIRECT: returned },
    },
    ...[10, -10].flatMap((minutes): Draft[] => [
      {
        name: `is right, and the page’s clock ${Math.abs(minutes)} minutes ${minutes > 0 ? 'fast' : 'slow'}`,
        clock: minutes * 60_000,
        reaches: true,
        says: { POPUP: 'token ended logout-response', REDIRECT: returned },
      },
      {
        name: `is right, and the page’s clock ${Math.abs(minutes)} minutes ${minutes > 0 ? 'fast' : 'slow'}, no refresh token`,
        clock: minutes * 60_000,
        isPoor: true,
        reaches: true,
        // By a fast clock the access token has expired, and an expired one proves nothing.
        says: { POPUP: minutes > 0 ? unproved : 'hint ended token-check', REDIRECT: returned },
      },
    ]),
  ] satisfies Draft[]
).map(timed);

/** Nothing comes back, whatever is asked. */
export const offline = timed({
  name: 'is out of reach',
  answer: (_request, response) => response.destroy(),
  says: { POPUP: unreachable, REDIRECT: closed },
});

/** Nothing listens; whoever plays it stops the provider. */
export const gone = timed({ name: 'is gone', says: { POPUP: unreachable, REDIRECT: closed } });

const lie =
  (change: Record<string, unknown>): Answer =>
  (request, response) => {
    const issuer = `http://${request.headers.host}`;
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      end_session_endpoint: `${issuer}/session/end`,
      revocation_endpoint: `${issuer}/token/revocation`,
      ...change,
    };
    response.writeHead(200, { ...cors(request), 'content-type': 'application/json' }).end(JSON.stringify(metadata));
  };

const saysNothing = (code: string): Fault['says'] => ({
  POPUP: `none unknown none ${code}`,
  REDIRECT: `none unknown none ${code}`,
});

/** Of the metadata of any other provider. */
export const lies: Fault[] = (
  [
    { name: 'names another issuer', answer: lie({ issuer: 'https://evil.example' }), says: saysNothing('refused') },
    {
      name: 'has no end_session_endpoint',
      answer: lie({ end_session_endpoint: undefined }),
      says: saysNothing('unsupported'),
    },
  ] satisfies Draft[]
).map(timed);
