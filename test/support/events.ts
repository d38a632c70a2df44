import { ArkaneLoggedOutEvent, ArkaneLoggingOutEvent, ArkaneLogoutErrorEvent } from '../../src/core/events.js';

type Ours = ArkaneLoggingOutEvent | ArkaneLoggedOutEvent | ArkaneLogoutErrorEvent;

const types = [ArkaneLoggingOutEvent.type, ArkaneLoggedOutEvent.type, ArkaneLogoutErrorEvent.type] as const;

export interface Heard {
  readonly types: readonly string[];
  readonly targets: readonly (EventTarget | null)[];
  readonly last: Ours;
  readonly all: readonly Ours[];
}

/** All events of ours that reach the document, new for each test of the group. */
export const heardEvents = (): Heard => {
  const all: Ours[] = [];
  const hear = (event: Ours) => all.push(event);
  beforeEach(() => {
    all.length = 0;
    for (const type of types) document.addEventListener(type, hear);
  });
  afterEach(() => {
    for (const type of types) document.removeEventListener(type, hear);
  });
  return {
    all,
    get types() {
      return all.map(({ type }) => type);
    },
    get targets() {
      return all.map(({ target }) => target);
    },
    get last() {
      return all.at(-1)!;
    },
  };
};

/** For one event: `page.on('arkane-logging-out', …)`, gone after the test. */
export const page = {
  on<K extends (typeof types)[number]>(type: K, listener: (event: GlobalEventHandlersEventMap[K]) => void): void {
    document.addEventListener(type, listener, { signal: test.signal });
  },
};

let test = new AbortController();
beforeEach(() => {
  test = new AbortController();
});
afterEach(() => {
  test.abort();
});
