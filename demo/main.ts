// A page with a signed-in user that cleans itself when the user logs out.
import '../src/define.js'; // first: it takes its own `state` out of the URL, before anything else reads that
import type { User } from 'oidc-client-ts';
import { LogoutError, type LogoutResult } from '../src/index.js';
import { finishSignIn, signIn, unreachable, usersAt } from './sign-in.js';
import { readQuery, writeQuery } from './switches.js';
import { expectation, wordsFor } from './words.js';

interface Config {
  clientId: string;
  authority: string;
  /** Issuers to choose from. */
  providers?: Record<string, string>;
}

const byId = (id: string) => document.getElementById(id)!;
const switches = document.querySelector<HTMLFormElement>('#switches')!;
const theElement = () => document.querySelector('arkane-logout')!;

const make = (name: string, text: string, className = '') => {
  const element = document.createElement(name);
  element.textContent = text;
  element.className = className;
  return element;
};

const wallet = ({ profile }: User) =>
  Object.entries({ Balance: '2.4815 ETH', Name: profile.name, Email: profile.email }).map(([term, value]) => {
    const row = document.createElement('div');
    row.append(make('dt', term), make('dd', String(value)));
    return row;
  });

const show = (user: User | null) => {
  byId('signed-in').hidden = !user;
  byId('signed-out').hidden = Boolean(user);
  byId('name').textContent = user?.profile.name ?? '';
  byId('wallet').hidden = false;
  byId('wallet').replaceChildren(...(user ? wallet(user) : []));
  const element = theElement();
  const hadFocus = document.activeElement === element;
  element.hidden = !user && !['incomplete', 'pending'].includes(element.status); // a press goes on, or finds the window
  if (element.hidden && hadFocus) byId('app').focus();
};

const say = (...words: Element[]) => {
  byId('outcome').replaceChildren(...words);
  byId('nothing').hidden = words.length > 0;
};

let told: LogoutResult | undefined;

const tell = (result: LogoutResult) => {
  if (result === told) return;
  told = result;
  const { headline, facts, next } = wordsFor(result);
  const list = document.createElement('ul');
  for (const { where, words, isCertain } of facts) {
    const item = make('li', `: ${words}`, isCertain ? 'certain' : 'uncertain');
    item.prepend(make('b', where));
    list.append(item);
  }
  say(make('strong', headline), list, ...(next ? [make('p', next)] : []));
};

const log = ({ type, detail }: CustomEvent<object>) => {
  const item = document.createElement('li');
  const data = JSON.stringify(
    detail,
    // An Error has no JSON of its own.
    (_, value: unknown) => (value instanceof LogoutError ? { code: value.code, message: value.message } : value),
    2,
  ).replace(/^\{\n +(.*)\n\}$/, '{ $1 }'); // one entry, one line
  item.append(make('strong', type), make('pre', data));
  byId('events').append(item);
};

document.addEventListener('arkane-logging-out', (event) => {
  byId('wallet').hidden = true; // nobody looks over the user's shoulder while the provider is asked
  switches.inert = true;
  say(make('strong', 'Logging out…'));
  log(event);
});
document.addEventListener('arkane-logged-out', (event) => {
  switches.inert = false;
  show(null);
  tell(event.detail);
  log(event);
});
document.addEventListener('arkane-logout-error', (event) => {
  switches.inert = false;
  byId('wallet').hidden = false; // nothing was changed: the user is still signed in
  say(make('strong', 'Nothing was changed.'), make('p', event.detail.error.message));
  log(event);
});

const problem = await finishSignIn();
if (problem) say(make('p', problem));
readQuery(switches);
const { clientId, authority, providers } = (await (await fetch('config.json')).json()) as Config;

const chosen = (name: string) => switches.querySelector<HTMLInputElement>(`[name=${name}]:checked:enabled`)?.value;

/** As it stands in the code of a page. */
const tagOf = ({ localName, attributes }: Element) => {
  const lines = [...attributes]
    .filter(({ name }) => name !== 'hidden')
    .map(({ name, value }) => `\n  ${name}${value && `="${value}"`}`);
  return `<script type="module" src="arkane-logout.js"></script>\n<${localName}${lines.join('')}\n></${localName}>`;
};

/** Goes by the switches. The element is a new one, because what one knows is of one client at one provider. */
const set = async () => {
  const provider = providers?.[chosen('provider') ?? ''] ?? authority;
  const windowMode = chosen('mode') ?? 'POPUP';
  const element = document.createElement('arkane-logout');
  element.setAttribute('client-id', clientId);
  element.setAttribute('authority', provider);
  element.setAttribute('window-mode', windowMode);
  const hasCallback = Boolean(chosen('callback'));
  for (const input of switches.querySelectorAll<HTMLInputElement>('.needs-callback input'))
    input.disabled = !hasCallback;
  if (hasCallback) element.setAttribute('callback-uri', new URL('callback.html', location.href).href);
  if (chosen('verify')) element.setAttribute('verify', '');
  if (chosen('overlay')) element.setAttribute('use-overlay-with-popup', '');
  element.hidden = true;
  byId('code').textContent = tagOf(element);
  byId('expect').textContent = expectation(
    /\/realms\/[^/]+$/.test(provider),
    windowMode === 'REDIRECT',
    hasCallback,
    Boolean(chosen('verify')),
  );
  theElement().replaceWith(element);
  if (element.result) tell(element.result);

  const users = usersAt(provider, clientId);
  byId('sign-in').onclick = () => {
    signIn(users).catch(() => {
      say(make('p', unreachable));
    });
  };
  show(await users.getUser());
};

byId('copy').addEventListener('click', () => {
  navigator.clipboard.writeText(byId('code').textContent).then(
    () => (byId('copied').textContent = 'Copied.'),
    () => (byId('copied').textContent = 'The browser did not let this page copy it.'),
  );
});
switches.addEventListener('change', () => {
  writeQuery(switches);
  told = undefined; // it was of another tag, perhaps at another provider
  say();
  byId('copied').textContent = '';
  void set();
});

byId('providers').hidden = !providers;
byId('copy').hidden = !('clipboard' in navigator); // there on https and loopback only
await set();
document.body.dataset.ready = '';
