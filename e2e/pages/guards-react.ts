// The page with react-oidc-context of docs/guards.md. React is CommonJS: the test bundles this file.
import { isLoggingOut, wasLoggedOut } from '../../src/define.js';
import { UserManager } from 'oidc-client-ts';
import { createElement, Fragment } from 'react';
import { createRoot } from 'react-dom/client';
import { AuthProvider, useAuth, useAutoSignin } from 'react-oidc-context';
import { exposeUsers, here, isGuarded, key } from './guards-page.js';

const users = new UserManager({ authority: key.authority, client_id: key.clientId, redirect_uri: here });

const AutoSignIn = () => {
  useAutoSignin();
  return createElement('p', null, 'One moment…');
};

const App = () => {
  const auth = useAuth();
  if (auth.isAuthenticated) return createElement('p', { id: 'wallet' }, 'What only you should see');
  if (auth.isLoading) return createElement('p', null, 'One moment…');
  if (isGuarded && (auth.error || isLoggingOut(key) || wasLoggedOut(key)))
    return createElement('button', { id: 'sign-in', onClick: () => void auth.signinRedirect() }, 'Sign in');
  return createElement(AutoSignIn);
};

const onSigninCallback = () => {
  history.replaceState(null, '', here);
};

createRoot(document.querySelector('#app')!).render(
  createElement(
    Fragment,
    null,
    createElement('arkane-logout', { 'client-id': key.clientId, authority: key.authority, tokenStore: users }),
    createElement(AuthProvider, { userManager: users, onSigninCallback }, createElement(App)),
  ),
);
exposeUsers(users);
