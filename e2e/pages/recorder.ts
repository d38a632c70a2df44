// The first script of every page in the end-to-end tests: writes down what the page hears, and what must not happen,
// where it outlives the page.

interface Recorded {
  heard: object[];
  mishaps: string[];
  /** What was fetched, also where the page is gone before an answer comes. */
  fetched: string[];
}

// Not sessionStorage: a page back from Firefox's cache sees an old one.
const name = 'e2e-recorded';
const write = localStorage.setItem.bind(localStorage); // some tests break it
const record = (add: (recorded: Recorded) => unknown) => {
  const recorded = JSON.parse(localStorage.getItem(name) ?? '{"heard":[],"mishaps":[],"fetched":[]}') as Recorded;
  add(recorded);
  write(name, JSON.stringify(recorded));
};

let pressed = 0;
addEventListener('click', () => (pressed = performance.now()), { capture: true });

const fetch = window.fetch.bind(window);
window.fetch = (input, init) => {
  record(({ fetched }) => fetched.push(input instanceof Request ? input.url : String(input)));
  return fetch(input, init);
};

const mishap = (what: string) => {
  record(({ mishaps }) => mishaps.push(what));
};
addEventListener('unhandledrejection', ({ reason }) => {
  mishap(`unhandled: ${String(reason)}`);
});
addEventListener('error', ({ message }) => {
  mishap(`error: ${message}`);
});
addEventListener('securitypolicyviolation', ({ violatedDirective }) => {
  mishap(`csp: ${violatedDirective}`);
});

const hear = (event: Event) => {
  const { detail } = event as CustomEvent<{ error?: Error & { code: string } }>;
  const { error } = detail;
  const plain = error && { name: error.name, code: error.code, message: error.message };
  const heard = {
    type: event.type,
    after: performance.now() - pressed,
    url: location.href,
    detail: { ...detail, ...(plain && { error: plain }) },
  };
  record((recorded) => recorded.heard.push(heard));
};
for (const type of ['arkane-logging-out', 'arkane-logged-out', 'arkane-logout-error'])
  document.addEventListener(type, hear);

export {};
