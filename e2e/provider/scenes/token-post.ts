import { send } from '../../support/http-sign-in.ts';
import { byToken, away, refresh, client_id, evil, type Scene } from '../stage.ts';

/** Keycloak's own way to log out: a POST of the refresh token. */
export const tokenPost: Scene[] = [
  { name: 'token POST', play: ({ post, tokens }) => post('logout', byToken(tokens)) },
  { name: 'token POST with the hint too', play: ({ post, tokens }) => post('logout', byToken(tokens, true)) },
  {
    name: 'token POST with a garbage hint',
    play: ({ post, tokens }) => post('logout', { ...byToken(tokens), id_token_hint: 'garbage' }),
  },
  {
    name: 'token POST with an unregistered post_logout_redirect_uri',
    play: ({ post, tokens }) => post('logout', { ...byToken(tokens), ...away }),
  },
  {
    name: 'token POST without an Origin',
    play: ({ browser, tokens }) => send(browser.endpoint('logout'), { form: byToken(tokens) }),
  },
  {
    name: 'token POST, twice',
    play: async ({ post, tokens }) => {
      await post('logout', byToken(tokens, true));
      return post('logout', byToken(tokens, true));
    },
  },
  {
    name: 'token POST with the previous, rotated token',
    play: async ({ post, tokens }) => {
      await post('token', refresh(tokens));
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'token POST, a second app signed in',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'token POST with the cookie of another session',
    play: async ({ postWithCookies, tokens, signIn, newBrowser }) => {
      const other = newBrowser();
      await signIn('Arketype', other);
      return postWithCookies('logout', byToken(tokens), other);
    },
  },
  {
    name: 'token POST of a dead session, the browser signed in anew',
    play: async ({ post, tokens, signIn }) => {
      await post('logout', byToken(tokens));
      await signIn('Arketype');
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'token POST after an administrator ended the session',
    play: async ({ provider, post, tokens }) => {
      await provider.endSession(tokens.session_state);
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'token POST of garbage',
    play: ({ post }) => post('logout', { client_id, refresh_token: 'garbage' }),
  },
  { name: 'token POST of nothing', play: ({ post }) => post('logout', { client_id, refresh_token: '' }) },
  {
    name: 'token POST of an access token',
    play: ({ post, tokens }) => post('logout', { client_id, refresh_token: tokens.access_token }),
  },
  {
    name: 'token POST of an ID token',
    play: ({ post, tokens }) => post('logout', { client_id, refresh_token: tokens.id_token }),
  },
  {
    name: 'token POST by an unknown client',
    play: ({ post, tokens }) => post('logout', { ...byToken(tokens), client_id: 'Nobody' }),
  },
  {
    name: 'token POST by another client',
    play: ({ post, tokens }) => post('logout', { ...byToken(tokens), client_id: 'Plain' }),
  },
  {
    name: 'token POST without a client',
    play: ({ post, tokens }) => post('logout', { refresh_token: tokens.refresh_token }),
  },
  {
    name: 'token POST from an unregistered origin',
    play: ({ post, tokens }) => post('logout', byToken(tokens), evil),
  },
  {
    name: 'token POST by an unknown client from an unregistered origin',
    play: ({ post, tokens }) => post('logout', { ...byToken(tokens), client_id: 'Nobody' }, evil),
  },
];
