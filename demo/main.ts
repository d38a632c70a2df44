// A page with a signed-in user that cleans itself when the user logs out.
import { type User, UserManager } from 'oidc-client-ts';
import '../src/define.js';
import { LogoutError } from '../src/index.js';

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

const show = (user: User | null) => {
  byId('signed-in').hidden = !user;
  byId('signed-out').hidden = Boolean(user);
  byId('name').textContent = user?.profile.name ?? '';
  byId('wallet').replaceChildren(
    ...Object.entries(user?.profile ?? {}).flatMap(([claim, value]) => {
      const [term, description] = [document.createElement('dt'), document.createElement('dd')];
      term.textContent = claim;
      description.textContent = String(value);
      return [term, description];
    }),
  );
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
