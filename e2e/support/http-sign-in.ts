/**
 * A browser reduced to what a sign-in needs: HTTP, redirects, one cookie jar, HTML forms.
 * It always connects to 127.0.0.1, because Node does not resolve `*.localhost` as browsers do.
 */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ProfileName } from '../../demo/provider/index.ts';
import { endpointsOf, type Endpoint } from './provider.ts';

export interface HttpRequest {
  method?: 'GET' | 'POST' | 'OPTIONS';
  headers?: Record<string, string>;
  form?: Record<string, string>;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface SignInTokens {
  access_token: string;
  refresh_token: string;
  id_token: string;
  expires_in: number;
  refresh_expires_in: number;
  session_state: string;
  scope: string;
}

export interface SignInOptions {
  clientId: string;
  redirectUri: string;
  scope?: string;
  username?: string;
  password?: string;
}

/** Sends one request, follows nothing, knows no cookies. */
export function send(url: string, { method, headers = {}, form }: HttpRequest = {}): Promise<HttpAnswer> {
  const target = new URL(url);
  const body = form && new URLSearchParams(form).toString();
  return new Promise((resolve, reject) => {
    const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(
      {
        rejectUnauthorized: false, // made by certificate.ts
        host: '127.0.0.1',
        port: target.port,
        path: target.pathname + target.search,
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        agent: false,
        headers: {
          host: target.host,
          ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** The payload of a JWT; nothing is verified. */
export function payloadOf(token: string): Record<string, unknown> {
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return JSON.parse(text) as Record<string, unknown>;
}

export class HttpBrowser {
  /** Of the provider that it signs in at. */
  readonly endpoint: Endpoint;
  readonly #issuer: string;
  readonly #cookies = new Map<string, string>();

  constructor(issuer: string, profile: ProfileName = 'keycloak') {
    this.#issuer = issuer;
    this.endpoint = endpointsOf(issuer, profile);
  }

  /** A request with this browser's cookies. */
  async visit(url: string, request: HttpRequest = {}): Promise<HttpAnswer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(url, { ...request, headers: { ...request.headers, ...(cookie && { cookie }) } });
    for (const line of answer.headers['set-cookie'] ?? []) this.#keep(line);
    return answer;
  }

  /** Follows redirects while they stay at the provider; an answer with a `location` has left it. */
  async follow(url: string, request: HttpRequest = {}): Promise<HttpAnswer & { url: string }> {
    let answer = { ...(await this.visit(url, request)), url };
    for (let hops = 0; hops < 10; hops++) {
      const next = answer.headers.location && new URL(answer.headers.location, answer.url);
      if (!next || next.origin !== new URL(this.#issuer).origin) return answer;
      answer = { ...(await this.visit(next.href)), url: next.href };
    }
    throw new Error(`The provider redirects for ever: ${answer.url}`);
  }

  /** Sends the page's one form, its hidden fields included. */
  submit(page: HttpAnswer & { url: string }, fields: Record<string, string>): Promise<HttpAnswer & { url: string }> {
    const action = /<form[^>]*\saction="([^"]*)"/.exec(page.body)?.[1];
    if (action === undefined)
      throw new Error(`No form on ${page.url}: ${String(page.status)} ${page.body.slice(0, 500)}`);
    const form: Record<string, string> = {};
    for (const [input] of page.body.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = /\sname="([^"]*)"/.exec(input)?.[1];
      if (name) form[name] = unescape(/\svalue="([^"]*)"/.exec(input)?.[1] ?? '');
    }
    return this.follow(new URL(unescape(action), page.url).href, { form: { ...form, ...fields } });
  }

  /** Signs in through the provider's page, or silently where it knows this browser, and redeems the code. */
  async signIn(options: SignInOptions): Promise<SignInTokens> {
    const { clientId, redirectUri, scope = 'openid', username = 'alice', password = 'alice' } = options;
    const query = { client_id: clientId, redirect_uri: redirectUri, scope, response_type: 'code', state: 'sign-in' };
    let answer = await this.follow(this.endpoint('auth', query));
    if (answer.status === 200) answer = await this.submit(answer, { username, password });
    const code = new URL(answer.headers.location ?? answer.url).searchParams.get('code');
    if (!code)
      throw new Error(`No code: ${String(answer.status)} ${answer.headers.location ?? answer.body.slice(0, 500)}`);
    const form = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri, code };
    const response = await send(this.endpoint('token'), { form });
    if (response.status !== 200) throw new Error(`No tokens: ${String(response.status)} ${response.body}`);
    return JSON.parse(response.body) as SignInTokens;
  }

  /** What the provider says about this browser without asking the user: `code`, or the error. */
  async promptNone({ clientId, redirectUri }: SignInOptions): Promise<string> {
    const query = { client_id: clientId, redirect_uri: redirectUri, scope: 'openid', response_type: 'code' };
    const answer = await this.follow(this.endpoint('auth', { ...query, state: 'check', prompt: 'none' }));
    if (!answer.headers.location) return `page ${String(answer.status)}`;
    const { searchParams } = new URL(answer.headers.location);
    return searchParams.has('code') ? 'code' : (searchParams.get('error') ?? 'nothing');
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', ...value] = pair.split('=');
    const expired = attributes.some((attribute) => {
      const [key = '', date = ''] = attribute.split('=');
      return key.toLowerCase() === 'expires' ? Date.parse(date) <= Date.now() : attribute.toLowerCase() === 'max-age=0';
    });
    if (expired) this.#cookies.delete(name);
    else this.#cookies.set(name, value.join('='));
  }
}

function unescape(text: string): string {
  const entities: Record<string, string> = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&#x2F;': '/',
  };
  return text.replace(/&(?:amp|lt|gt|quot|#39|#x2F);/g, (entity) => entities[entity] ?? entity);
}
