// The wallet of an app that was written for the Arkane SDK: one import is another.
import {
  ArkaneConnect,
  type AuthenticationResult,
  type LogoutFailure,
  type LogoutResult,
  type WindowMode,
} from '../src/arkane-connect.js';
import { finishSignIn, signIn, unreachable, usersAt } from './sign-in.js';

const byId = (id: string) => document.getElementById(id)!;
const say = (words: string) => {
  byId('outcome').textContent = words;
};

const uncertain = ({ local, error }: LogoutResult) =>
  local === 'kept'
    ? 'This page could not remove all of your tokens. Press again to try again.'
    : `You are logged out here, but it is not certain that your session has ended (${error?.code}). Press again to try again.`;

let isAsked = false;
/** The next press goes on. */
let isUnfinished = false;

// First of all: the way back of a REDIRECT is told right after `load`.
document.addEventListener('arkane-logged-out', ({ detail }) => {
  if (isAsked) return; // the promise tells
  isUnfinished = detail.providerSession !== 'returned' || detail.local === 'kept';
  say(isUnfinished ? uncertain(detail) : 'You are logged out here, and the provider has sent you back.');
  byId('log-out').hidden = !isUnfinished;
});

const { authority, clientId } = (await (await fetch('config.json')).json()) as { authority: string; clientId: string };
const arkaneConnect = new ArkaneConnect(clientId, { authority });
const users = usersAt(authority, clientId);

const show = (result: AuthenticationResult) => {
  byId('signed-in').hidden = !result.isAuthenticated;
  byId('signed-out').hidden = result.isAuthenticated;
  byId('log-out').hidden = !result.isAuthenticated && !isUnfinished;
  result
    .authenticated((auth) => {
      byId('name').textContent = String(auth.idTokenParsed?.name);
    })
    .notAuthenticated(() => {
      byId('name').textContent = '';
    });
};
const check = () => arkaneConnect.checkAuthenticated().then(show);

const logOut = async (windowMode: WindowMode) => {
  isAsked = true;
  say('Logging out…');
  try {
    await arkaneConnect.logout({ windowMode });
    isUnfinished = false;
    say('You are logged out.');
  } catch (error) {
    const { message, result } = error as LogoutFailure;
    isUnfinished = Boolean(result);
    say(result ? uncertain(result) : `Nothing was changed. ${message}`);
  }
  isAsked = false;
  await check();
};

for (const button of byId('log-out').querySelectorAll('button'))
  button.addEventListener('click', () => void logOut(button.value as WindowMode));
byId('sign-in').addEventListener('click', () => {
  signIn(users).catch(() => {
    say(unreachable);
  });
});

// Takes a `state` of its own out of the URL, so that what is left there is the sign-in's.
await check();
const problem = await finishSignIn();
if (problem) say(problem);
await check();
document.body.dataset.ready = '';
