import { setTimeout as sleep } from 'node:timers/promises';
import { briefLifespan } from '../../support/provider.ts';
import { byHint, byToken, back, away, client_id, evil, type Scene } from '../stage.ts';

/** RP-Initiated Logout §2: by hint, by the browser's session, by asking. */
export const byBrowser: Scene[] = [
  { name: 'hint POST without cookies', play: ({ post, tokens }) => post('logout', byHint(tokens)) },
  { name: 'hint POST with cookies', play: ({ postWithCookies, tokens }) => postWithCookies('logout', byHint(tokens)) },
  { name: 'hint POST from an unregistered origin', play: ({ post, tokens }) => post('logout', byHint(tokens), evil) },
  {
    name: 'hint POST without a client_id',
    play: ({ post, tokens }) => post('logout', { id_token_hint: tokens.id_token }),
  },
  {
    name: 'hint POST with another client_id',
    play: ({ post, tokens }) => post('logout', { ...byHint(tokens), client_id: 'Plain' }),
  },
  { name: 'hint POST of garbage', play: ({ post }) => post('logout', { client_id, id_token_hint: 'garbage' }) },
  {
    name: 'hint POST of an access token',
    play: ({ post, tokens }) => post('logout', { client_id, id_token_hint: tokens.access_token }),
  },
  {
    name: 'hint POST with a post_logout_redirect_uri',
    play: ({ post, tokens, app }) => post('logout', { ...byHint(tokens), ...back(app) }),
  },
  {
    name: 'hint POST, a second app signed in',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      return post('logout', byHint(tokens));
    },
  },
  {
    name: 'hint POST with the cookie of another session',
    play: async ({ postWithCookies, tokens, signIn, newBrowser }) => {
      const other = newBrowser();
      await signIn('Arketype', other);
      return postWithCookies('logout', byHint(tokens), other);
    },
  },
  {
    name: 'hint POST of a dead session, without cookies, the browser signed in anew',
    play: async ({ post, tokens, signIn }) => {
      await post('logout', byToken(tokens));
      await signIn('Arketype');
      return post('logout', byHint(tokens));
    },
  },
  {
    name: 'hint POST of a dead session, with the cookie of the new one',
    play: async ({ post, postWithCookies, tokens, signIn }) => {
      await post('logout', byToken(tokens));
      await signIn('Arketype');
      return postWithCookies('logout', byHint(tokens));
    },
  },
  {
    name: 'hint POST, ID token expired',
    client: 'Brief',
    play: async ({ post, tokens }) => {
      await sleep((briefLifespan + 1) * 1000);
      return post('logout', { ...byHint(tokens), client_id: 'Brief' });
    },
  },
  {
    name: 'hint POST after this client was detached by revocation',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      await post('revoke', { client_id, token: tokens.refresh_token });
      return post('logout', byHint(tokens));
    },
  },
  { name: 'POST of nothing', play: ({ post }) => post('logout', { client_id }) },
  {
    name: 'hint POST with an unregistered post_logout_redirect_uri',
    play: ({ post, tokens }) => post('logout', { ...byHint(tokens), ...away }),
  },
  {
    name: 'GET with hint, post_logout_redirect_uri, state',
    play: ({ get, tokens, app, browser }) => get('logout', { ...byHint(tokens), ...back(app) }, browser),
  },
  {
    name: 'GET with hint and post_logout_redirect_uri, without a client_id',
    play: ({ get, tokens, app, browser }) => get('logout', { id_token_hint: tokens.id_token, ...back(app) }, browser),
  },
  { name: 'GET with hint alone', play: ({ get, tokens, browser }) => get('logout', byHint(tokens), browser) },
  {
    name: 'GET with hint of a dead session',
    play: async ({ get, post, tokens, app, browser }) => {
      await post('logout', byToken(tokens));
      return get('logout', { ...byHint(tokens), ...back(app) }, browser);
    },
  },
  {
    name: 'GET with hint and the cookie of another session',
    play: async ({ get, tokens, app, signIn, newBrowser }) => {
      const other = newBrowser();
      await signIn('Arketype', other);
      return get('logout', { ...byHint(tokens), ...back(app) }, other);
    },
  },
  {
    name: 'GET with an unregistered post_logout_redirect_uri',
    play: ({ get, tokens, browser }) => get('logout', { ...byHint(tokens), ...away }, browser),
  },
  {
    name: 'GET with a garbage hint',
    play: ({ get, app, browser }) => get('logout', { client_id, id_token_hint: 'garbage', ...back(app) }, browser),
  },
  { name: 'GET without a hint', play: ({ get, app, browser }) => get('logout', { client_id, ...back(app) }, browser) },
  {
    name: 'GET without a hint, user says yes',
    play: async ({ app, browser }) => {
      const page = await browser.follow(browser.endpoint('logout', { client_id, ...back(app) }));
      return browser.submit(page, { confirmLogout: 'Logout' });
    },
  },
  { name: 'GET without a hint or cookies', play: ({ get, app }) => get('logout', { client_id, ...back(app) }) },
  { name: 'GET of nothing', play: ({ get, browser }) => get('logout', {}, browser) },
  { name: 'GET of nothing, without cookies', play: ({ get }) => get('logout', {}) },
  {
    name: 'GET with a post_logout_redirect_uri of no client',
    play: ({ get, app, browser }) => get('logout', back(app), browser),
  },
  {
    name: 'GET by an unknown client',
    play: ({ get, app, browser }) => get('logout', { client_id: 'Nobody', ...back(app) }, browser),
  },
];
