// The page that the provider returns to. It imports nothing, so that it is there at once.
import type { Answer } from './core/result.js';
import type { Trip } from './core/resume.js';

/** As in `core/resume.ts`. */
const name = 'arkane-logout-trip';

const query = new URLSearchParams(location.search);
const state = query.get('state');
history.replaceState(null, '', location.origin + location.pathname); // before anything else can read or copy it

/** What the session check says (OpenID Connect Core §3.1.2.6); a code is dropped unread. */
const answerOf = (error: string | null): Answer => {
  if (error === 'login_required') return 'ended';
  const knowsTheUser = /^(consent|interaction|account_selection)_required$/.test(error ?? '') || query.has('code');
  return knowsTheUser ? 'alive' : 'returned';
};
const answer = answerOf(query.get('error'));

const isWeb = (url: string): boolean => /^https?:/.test(url);

/** The next page of the trip that this tab is on, where its state came back. */
const nextOfTrip = (): string | undefined => {
  try {
    const trip = JSON.parse(sessionStorage.getItem(name) ?? '') as Trip;
    const isBack = trip.state === state;
    if (!isBack && !(trip.answered && trip.check?.state === state)) return undefined;
    const { href } = new URL(trip.url);
    if (!href.startsWith(`${location.origin}/`)) return undefined;
    try {
      sessionStorage.setItem(name, JSON.stringify({ ...trip, answered: isBack ? 'returned' : answer }));
    } catch {
      return href; // Full: the app will say that no answer came.
    }
    const check = isBack ? trip.check?.url : undefined;
    return check && isWeb(check) ? check : href;
  } catch {
    return undefined;
  }
};

/**
 * Opened by hand, by a link that somebody sent, or a second time; or a window, and the page that asked is gone, or the
 * browser does not let it close itself.
 */
const explain = () => {
  const link = document.createElement('a');
  link.href = './';
  link.textContent = 'Back to the app';
  const sentence = document.createElement('p');
  sentence.lang = 'en';
  sentence.append('No logout is waiting for this page. You can close it. ', link);
  document.body.replaceChildren(sentence);
};

/** This is a window, perhaps: the page that opened it knows the state, and says where to go from here. */
const ask = () => {
  const channel = new BroadcastChannel('arkane-logout');
  const timer = setTimeout(explain, 5000);
  channel.onmessage = ({ data }: MessageEvent<{ state?: unknown; next: string } | null>) => {
    const isOver = data?.next === 'close';
    if (data?.state !== state || !(isOver || isWeb(data.next))) return;
    clearTimeout(timer);
    channel.close();
    if (isOver) {
      close();
      explain();
    } else location.replace(data.next);
  };
  channel.postMessage({ state, answer });
};

const next = nextOfTrip();
try {
  if (next) location.replace(next);
  else if (state) ask();
  else explain();
} catch {
  explain(); // the browser has no channel for it
}

export {};
