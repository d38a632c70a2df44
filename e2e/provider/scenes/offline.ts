import { byHint, byToken, refresh, client_id, type Scene } from '../stage.ts';

/** What `offline_access` changes. */
export const offline: Scene[] = [
  { name: 'offline sign-in, nothing sent', scope: 'openid offline_access', play: ({ post }) => post('userinfo', {}) },
  {
    name: 'token POST of an offline token',
    scope: 'openid offline_access',
    play: ({ post, tokens }) => post('logout', byToken(tokens)),
  },
  {
    name: 'token POST of an offline token, signed in online before',
    scope: 'openid offline_access',
    after: 'Plain',
    play: ({ post, tokens }) => post('logout', byToken(tokens)),
  },
  {
    name: 'token POST of an offline token that was revoked, SSO alive',
    scope: 'openid offline_access',
    after: 'Plain',
    play: async ({ post, tokens }) => {
      await post('revoke', { client_id, token: tokens.refresh_token });
      return post('logout', byToken(tokens, true));
    },
  },
  {
    name: 'token POST of the online token, an offline session beside it',
    after: 'Arketype',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Arketype', undefined, 'openid offline_access');
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'hint POST after an offline sign-in',
    scope: 'openid offline_access',
    play: ({ post, tokens }) => post('logout', byHint(tokens)),
  },
  {
    name: 'hint POST after an offline sign-in, signed in online before',
    scope: 'openid offline_access',
    after: 'Arketype',
    play: ({ post, tokens }) => post('logout', byHint(tokens)),
  },
  {
    name: 'revocation of an offline token, a second app signed in',
    scope: 'openid offline_access',
    after: 'Plain',
    play: ({ post, tokens }) => post('revoke', { client_id, token: tokens.refresh_token }),
  },
  {
    name: 'revocation of an offline token, signed in online before',
    scope: 'openid offline_access',
    after: 'Arketype',
    play: ({ post, tokens }) => post('revoke', { client_id, token: tokens.refresh_token }),
  },
  {
    name: 'an administrator ends the online session of an offline token',
    scope: 'openid offline_access',
    after: 'Plain',
    play: async ({ provider, post, tokens }) => {
      await provider.endSession(tokens.session_state);
      return post('token', refresh(tokens));
    },
  },
  {
    name: 'refresh with an offline token that was logged out',
    scope: 'openid offline_access',
    play: async ({ post, tokens }) => {
      await post('logout', byToken(tokens));
      return post('token', refresh(tokens));
    },
  },
];
