import { byToken, refresh, client_id, evil, type Scene } from '../stage.ts';

/** RFC 7009. */
export const revocation: Scene[] = [
  {
    name: 'revocation of the refresh token, alone in the session',
    play: ({ post, tokens }) => post('revoke', { client_id, token: tokens.refresh_token }),
  },
  {
    name: 'revocation of the refresh token, a second app signed in',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      return post('revoke', { client_id, token: tokens.refresh_token, token_type_hint: 'refresh_token' });
    },
  },
  {
    name: 'revocation of the refresh token, twice',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      await post('revoke', { client_id, token: tokens.refresh_token });
      return post('revoke', { client_id, token: tokens.refresh_token });
    },
  },
  {
    name: 'token POST after this client was detached by revocation',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      await post('revoke', { client_id, token: tokens.refresh_token });
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'refresh after this client was detached by revocation',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      await post('revoke', { client_id, token: tokens.refresh_token });
      return post('token', refresh(tokens));
    },
  },
  {
    name: 'detached by revocation, then signed in anew silently',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      const answer = await post('revoke', { client_id, token: tokens.refresh_token });
      await signIn('Arketype');
      return answer;
    },
  },
  {
    name: 'revocation of the access token, a second app signed in',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      return post('revoke', { client_id, token: tokens.access_token, token_type_hint: 'access_token' });
    },
  },
  {
    name: 'revocation of the access token of a dead session',
    play: async ({ post, tokens }) => {
      await post('logout', byToken(tokens));
      return post('revoke', { client_id, token: tokens.access_token });
    },
  },
  {
    name: 'revocation of an ID token',
    play: ({ post, tokens }) => post('revoke', { client_id, token: tokens.id_token }),
  },
  { name: 'revocation of garbage', play: ({ post }) => post('revoke', { client_id, token: 'garbage' }) },
  {
    name: 'revocation by an unknown client',
    play: ({ post, tokens }) => post('revoke', { client_id: 'Nobody', token: tokens.refresh_token }),
  },
  {
    name: 'revocation by another client',
    play: ({ post, tokens }) => post('revoke', { client_id: 'Plain', token: tokens.refresh_token }),
  },
  {
    name: 'revocation from an unregistered origin',
    play: ({ post, tokens }) => post('revoke', { client_id, token: tokens.refresh_token }, evil),
  },
];
