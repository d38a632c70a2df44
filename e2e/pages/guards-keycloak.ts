// The page with keycloak-js of docs/guards.md.
import { wasLoggedOut } from '../../src/define.js';
import Keycloak from 'keycloak-js';
import { count, expose, isGuarded, key } from './guards-page.js';

const [, url = '', realm = ''] = /^(.*)\/realms\/(.*)$/.exec(key.authority)!;
const keycloak = new Keycloak({ url, realm, clientId: key.clientId });

const show = (isSignedIn: boolean) => {
  document.querySelector<HTMLElement>('#wallet')!.hidden = !isSignedIn;
  document.querySelector<HTMLElement>('#sign-in')!.hidden = isSignedIn;
};

const element = document.querySelector('arkane-logout')!;
element.authority = key.authority;
document.querySelector('#sign-in')!.addEventListener('click', () => void keycloak.login());
document.addEventListener('arkane-logged-out', () => {
  show(false);
});

const isOut = isGuarded && wasLoggedOut(key);
const isSignedIn = await keycloak.init({
  checkLoginIframe: false,
  ...(isOut ? {} : { onLoad: 'login-required' }),
});
element.tokenStore = keycloak;
show(isSignedIn);
expose({ held: () => count(keycloak.idToken, keycloak.token, keycloak.refreshToken) });
