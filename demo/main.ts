// A page with a signed-in user that cleans itself when the user logs out.
import { type User, UserManager } from 'oidc-client-ts';
import '../src/define.js';
import { LogoutError, type LogoutResult } from '../src/index.js';

const byId = (id: string) => document.getElementById(id)!;
const { authority, clientId } = (await (await fetch('config.json')).json()) as { authority: string; clientId: string };
const users = new UserManager({
  authority,
  client_id: clientId,
  redirect_uri: location.origin + location.pathname,
  scope: 'openid profile email',
});
const element = document.querySelector('arkane-logout')!;
element.authority = authority;
element.clientId = clientId;

/** What is private on this page. */
const claims = ['name', 'preferred_username', 'email', 'sid'];

const show = (user: User | null) => {
  byId('signed-in').hidden = !user;
  byId('signed-out').hidden = Boolean(user);
  byId('name').textContent = user?.profile.name ?? '';
  byId('wallet').hidden = false;
  byId('wallet').replaceChildren(
    ...claims.flatMap((claim) => {
      const [term, description] = [document.createElement('dt'), document.createElement('dd')];
      term.textContent = claim;
      description.textContent = String(user?.profile[claim]);
      return user ? [term, description] : [];
    }),
  );
  // From `incomplete` the next press goes on, so the button must stay.
  element.hidden = !user && element.status !== 'incomplete';
};

const outcome = ({ providerSession, local, error }: LogoutResult) => {
  const provider = {
    ended: 'Your session at the provider is over. That is proved.',
    unknown: `Whether your session at the provider is over is not proved (${error?.code}). Press the button to try again.`,
    none: 'Nobody was signed in, so the provider was not asked.',
  };
  const here = local === 'wiped' ? 'You are logged out here.' : 'Tokens may be left on this page.';
  byId('outcome').textContent = `${here} ${provider[providerSession]}`;
};

const log = (name: string, detail: object) => {
  const item = document.createElement('li');
  const heading = document.createElement('strong');
  const text = document.createElement('pre');
  heading.textContent = name;
  text.textContent = JSON.stringify(
    detail,
    // An Error has no JSON of its own.
    (_, value: unknown) => (value instanceof LogoutError ? { code: value.code, message: value.message } : value),
    2,
  );
  item.append(heading, text);
  byId('events').append(item);
  byId('no-events').hidden = true;
};

document.addEventListener('arkane-logging-out', (event) => {
  byId('wallet').hidden = true; // nobody looks over the user's shoulder while the provider is asked
  log(event.type, event.detail);
});
document.addEventListener('arkane-logged-out', (event) => {
  show(null);
  outcome(event.detail);
  log(event.type, event.detail);
});
document.addEventListener('arkane-logout-error', (event) => {
  byId('wallet').hidden = false; // nothing was changed: the user is still signed in
  log(event.type, event.detail);
});

byId('sign-in').addEventListener('click', () => void users.signinRedirect());

if (new URLSearchParams(location.search).has('state')) {
  await users.signinCallback();
  history.replaceState(null, '', location.pathname);
}
show(await users.getUser());
document.body.dataset.ready = '';
