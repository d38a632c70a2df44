import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../../support/http-sign-in.ts';
import { briefLifespan } from '../../support/provider.ts';
import { byToken, evil, type Scene } from '../stage.ts';

/** OpenID Connect Core §5.3, and what its refusals say. */
export const userinfo: Scene[] = [
  { name: 'userinfo by form', play: ({ post, tokens }) => post('userinfo', { access_token: tokens.access_token }) },
  {
    name: 'userinfo by header',
    play: ({ browser, tokens, app }) =>
      send(browser.endpoint('userinfo'), { headers: bearer(tokens.access_token, app) }),
  },
  {
    name: 'userinfo by form and header',
    play: ({ browser, tokens, app }) =>
      send(browser.endpoint('userinfo'), {
        form: { access_token: tokens.access_token },
        headers: bearer(tokens.access_token, app),
      }),
  },
  { name: 'userinfo without a token', play: ({ post }) => post('userinfo', { nothing: '' }) },
  { name: 'userinfo with garbage', play: ({ post }) => post('userinfo', { access_token: 'garbage' }) },
  {
    name: 'userinfo with a broken signature',
    play: ({ post, tokens }) => post('userinfo', { access_token: `${tokens.access_token.slice(0, -8)}AAAAAAAA` }),
  },
  {
    name: 'userinfo with the refresh token',
    play: ({ post, tokens }) => post('userinfo', { access_token: tokens.refresh_token }),
  },
  {
    name: 'userinfo with an expired token',
    client: 'Brief',
    play: async ({ post, tokens }) => {
      await sleep((briefLifespan + 1) * 1000);
      return post('userinfo', { access_token: tokens.access_token });
    },
  },
  {
    name: 'userinfo of a dead session by form',
    play: async ({ post, tokens }) => {
      await post('logout', byToken(tokens));
      return post('userinfo', { access_token: tokens.access_token });
    },
  },
  {
    name: 'userinfo of a dead session by header',
    play: async ({ browser, post, tokens, app }) => {
      await post('logout', byToken(tokens));
      return send(browser.endpoint('userinfo'), { headers: bearer(tokens.access_token, app) });
    },
  },
  {
    name: 'userinfo without the openid scope',
    scope: 'profile',
    play: ({ post, tokens }) => post('userinfo', { access_token: tokens.access_token }),
  },
  {
    name: 'userinfo from an unregistered origin',
    play: ({ post, tokens }) => post('userinfo', { access_token: tokens.access_token }, evil),
  },
  {
    name: 'userinfo with garbage from an unregistered origin',
    play: ({ post }) => post('userinfo', { access_token: 'garbage' }, evil),
  },
];

function bearer(token: string, origin: string) {
  return { origin, authorization: `Bearer ${token}` };
}
