// The router guard of docs/guards.md, before the smallest router that there can be.
import { isLoggingOut, wasLoggedOut } from '../../src/define.js';
import { UserManager } from 'oidc-client-ts';
import { exposeUsers, here, isGuarded, key } from './guards-page.js';

const users = new UserManager({ authority: key.authority, client_id: key.clientId, redirect_uri: here });

/** `true`: go on; a path: go there; `false`: stay, the page is being left. */
const guard = async (path: string): Promise<boolean | string> => {
  if (path === '/signed-out') return true;
  const user = await users.getUser();
  if (user && !user.expired) return true;
  if (isGuarded && (isLoggingOut(key) || wasLoggedOut(key))) return '/signed-out';
  await users.signinRedirect({ state: path });
  return false;
};

const go = async (path: string): Promise<void> => {
  const way = await guard(path);
  if (typeof way === 'string') return go(way);
  if (!way) return;
  document.querySelector<HTMLElement>('#wallet')!.hidden = path === '/signed-out';
  document.querySelector<HTMLElement>('#sign-in')!.hidden = path !== '/signed-out';
};

const element = document.querySelector('arkane-logout')!;
element.authority = key.authority;
element.tokenStore = users;
document.querySelector('#sign-in')!.addEventListener('click', () => void users.signinRedirect({ state: '/' }));
document.addEventListener('arkane-logged-out', () => void go('/'));
addEventListener('hashchange', () => void go(location.hash.slice(1)));
exposeUsers(users);

let path = '/';
if (new URLSearchParams(location.search).has('code')) {
  path = String((await users.signinCallback())?.state);
  history.replaceState(null, '', here);
}
await go(path);
