import { ofDocument } from './document.js';
import { ArkaneLoggedOutEvent, toDocument } from './events.js';
import { isSignedIn } from './latch.js';
import { quietly } from './limit.js';
import type { LogoutResult } from './result.js';
import type { ClientState } from './state.js';

/** Hides the page at once, before it is painted, or shows it again: what it shows is of a session that is over. */
export const drawCurtain = (isDrawn: boolean): void => {
  const { style } = ofDocument('documentElement');
  if (isDrawn) style.setProperty('display', 'none', 'important');
  else style.removeProperty('display');
};

/** What is ours in the storages. Returns what puts it back where a listener has emptied them. */
const keepMarks = (): (() => void) => {
  const kept = [() => sessionStorage, () => localStorage].map((storage) => {
    const ours = quietly(() => Object.entries<string>(storage()).filter(([name]) => name.startsWith('arkane-logout')));
    return () => {
      for (const [name, value] of ours ?? []) if (storage().getItem(name) === null) storage().setItem(name, value);
    };
  });
  return () => {
    for (const putBack of kept) quietly(putBack);
  };
};

/** Tells the page, then those who watch this client. A page that is out of date is then loaded anew, unless it prevents that. */
export const tell = (state: ClientState, result: LogoutResult, dispatch = toDocument): void => {
  if (result.trigger === 'restored' && isSignedIn(state)) {
    location.reload(); // for whoever has signed in since: a page that cleans up would clean up after them
    return;
  }
  const event = new ArkaneLoggedOutEvent(result);
  const putBack = keepMarks();
  dispatch(event);
  state.watchers.dispatchEvent(new ArkaneLoggedOutEvent(result));
  if (state.loggedOut) putBack(); // unless somebody has signed in
  if (event.defaultPrevented) drawCurtain(false);
  else if (result.trigger === 'restored') location.reload(); // it stays hidden where the user prevents that
};
