// The page that the provider returns to. It imports nothing, so that it is there at once.

/** As in `core/resume.ts`. */
const name = 'arkane-logout-trip';

/** The part of `Trip` that is read here. */
interface Trip {
  state: string;
  url: string;
}

const state = new URLSearchParams(location.search).get('state');
history.replaceState(null, '', location.origin + location.pathname); // before anything else can read or copy it

/** The trip that this tab is on, where its state came back, and it ends on a page of this origin. */
const answered = (): Trip | undefined => {
  try {
    const trip = JSON.parse(sessionStorage.getItem(name) ?? '{}') as Trip;
    const { href } = new URL(trip.url);
    return trip.state === state && href.startsWith(`${location.origin}/`) ? trip : undefined;
  } catch {
    return undefined;
  }
};

/** Opened by hand, by a link that somebody sent, or a second time. */
const explain = () => {
  const link = document.createElement('a');
  link.href = './';
  link.textContent = 'Back to the app';
  const sentence = document.createElement('p');
  sentence.append('No logout is waiting for this page. ', link);
  document.body.append(sentence);
};

const trip = answered();
if (trip) {
  try {
    sessionStorage.setItem(name, JSON.stringify({ ...trip, answered: true }));
  } catch {
    // Full: the app will say that no answer came.
  }
  location.replace(trip.url);
} else explain();

export {};
