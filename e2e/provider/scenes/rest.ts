import { send, type HttpAnswer } from '../../support/http-sign-in.ts';
import { byToken, refresh, client_id, evil, type Scene } from '../stage.ts';

const refreshGarbage = { grant_type: 'refresh_token', refresh_token: 'garbage' };

/** The token endpoint's refusals, discovery, preflights. */
export const rest: Scene[] = [
  {
    name: 'refresh with the previous, rotated token',
    play: async ({ post, tokens }) => {
      await post('token', refresh(tokens));
      return withoutBody(await post('token', refresh(tokens)));
    },
  },
  {
    name: 'refresh of a dead session',
    play: async ({ post, tokens }) => {
      await post('logout', byToken(tokens));
      return post('token', refresh(tokens));
    },
  },
  { name: 'refresh with garbage', play: ({ post }) => post('token', { ...refreshGarbage, client_id }) },
  {
    name: 'refresh by an unknown client',
    play: ({ post }) => post('token', { ...refreshGarbage, client_id: 'Nobody' }),
  },
  {
    name: 'refresh by another client',
    play: ({ post, tokens }) => post('token', { ...refresh(tokens), client_id: 'Plain' }),
  },
  {
    name: 'refresh from an unregistered origin',
    play: ({ post, tokens }) => post('token', refresh(tokens), evil),
  },
  {
    name: 'a code that nobody issued',
    play: ({ post, app }) =>
      post('token', { grant_type: 'authorization_code', client_id, code: 'x', redirect_uri: `${app}/callback` }),
  },
  {
    name: 'discovery',
    play: async ({ provider, app }) => {
      const url = `${provider.issuer}/.well-known/openid-configuration`;
      return withoutBody(await send(url, { headers: { origin: app } }));
    },
  },
  ...(['userinfo', 'token', 'logout', 'revoke'] as const).map((endpoint): Scene => ({
    name: `preflight of ${endpoint}`,
    play: ({ browser, app }) =>
      send(browser.endpoint(endpoint), {
        method: 'OPTIONS',
        headers: { origin: app, 'access-control-request-method': 'POST' },
      }),
  })),
];

/** For answers whose body is tokens or metadata. */
function withoutBody(answer: HttpAnswer): HttpAnswer {
  return { ...answer, body: '' };
}
