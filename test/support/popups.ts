import type { Answer } from '../../src/core/result.js';

/** What a page holds of a window that it opened. */
export interface Popup {
  closed: boolean;
  opener: unknown;
  /** Where it was sent. */
  readonly urls: string[];
  /** How often it was brought forward. */
  focused: number;
}

export interface Popups {
  /** All that were opened, in order. */
  readonly opened: Popup[];
  /** What each was opened with. */
  readonly calls: unknown[][];
  readonly last: Popup;
  /** Where the newest one was sent last. */
  readonly url: URL;
  isBlocked: boolean;
  /** Called as each one is opened. */
  onOpen: () => void;
}

/** Puts windows that nobody sees in the place of those that `target` opens. */
export const fakeOpen = (target: Pick<Window, 'open'>): Popups => {
  const popups = {
    opened: [] as Popup[],
    calls: [] as unknown[][],
    get last() {
      return popups.opened.at(-1)!;
    },
    get url() {
      return new URL(popups.last.urls.at(-1)!);
    },
    isBlocked: false,
    onOpen: () => undefined,
  };
  target.open = (...call) => {
    popups.calls.push(call);
    popups.onOpen();
    if (popups.isBlocked) return null;
    const popup = {
      closed: false,
      opener: target as unknown,
      urls: [] as string[],
      focused: 0,
      location: {
        replace(url: string) {
          popup.urls.push(url);
        },
      },
      focus() {
        popup.focused += 1;
      },
      close() {
        popup.closed = true;
      },
    };
    popups.opened.push(popup);
    return popup as unknown as WindowProxy;
  };
  return popups;
};

/** The same for this page, new for each test of the group. */
export const fakePopups = (): Popups => {
  const { open } = globalThis;
  let popups = {} as Popups;
  beforeEach(() => {
    popups = fakeOpen(globalThis);
  });
  afterEach(() => {
    globalThis.open = open;
  });
  return new Proxy(popups, {
    get: (_, name) => Reflect.get(popups, name) as unknown,
    set: (_, name, value) => Reflect.set(popups, name, value),
  });
};

/** Whether the page has the focus, and whether somebody has just pressed something; as it really is after the test. */
export const fakeUser = () => {
  const user = { hasFocus: true, isActive: true };
  const hasFocus = Object.getOwnPropertyDescriptor(Document.prototype, 'hasFocus')!;
  beforeEach(() => {
    Object.assign(user, { hasFocus: true, isActive: true });
    Object.defineProperty(Document.prototype, 'hasFocus', { ...hasFocus, value: () => user.hasFocus });
    Object.defineProperty(navigator, 'userActivation', { configurable: true, value: user });
  });
  afterEach(() => {
    Object.defineProperty(Document.prototype, 'hasFocus', hasFocus);
    Reflect.deleteProperty(navigator, 'userActivation');
  });
  return user;
};

interface Timer {
  delay: number;
  work: () => void;
  isOnce: boolean;
}

/** Timers of these delays, ms, run when the test says so; all others as ever. New for each test of the group. */
export const heldTimers = (...held: number[]) => {
  const original = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
  };
  const waiting = new Map<number, Timer>();
  const delays: number[] = [];
  let last = 0;
  const start =
    (begin: (work: () => void, delay: number, ...rest: unknown[]) => unknown, isOnce: boolean) =>
    (work: () => void, delay = 0, ...rest: unknown[]) => {
      delays.push(delay);
      if (!held.includes(delay)) return begin(work, delay, ...rest);
      waiting.set(--last, { delay, work, isOnce });
      return last;
    };
  const clear = (end: (id?: number) => void) => (id?: number) => {
    waiting.delete(id!);
    end(id);
  };
  beforeEach(() => {
    delays.length = 0;
    waiting.clear();
    Object.assign(globalThis, {
      setTimeout: start(original.setTimeout, true),
      clearTimeout: clear(original.clearTimeout),
      setInterval: start(original.setInterval, false),
      clearInterval: clear(original.clearInterval),
    });
  });
  afterEach(() => {
    Object.assign(globalThis, original);
  });
  return {
    /** What all timers were given. */
    delays: delays as readonly number[],
    /** How many wait. */
    get count() {
      return waiting.size;
    },
    /** Lets this delay pass, `times` over for an interval. */
    pass(delay: number, times = 1) {
      for (let time = 0; time < times; time += 1)
        for (const [id, timer] of [...waiting])
          if (timer.delay === delay && waiting.has(id)) {
            if (timer.isOnce) waiting.delete(id);
            timer.work();
          }
    },
  };
};

/** What a window's callback page would hear, and say. */
export interface Callback {
  /** All that pages answered, in order. */
  readonly heard: { state?: unknown; next?: unknown }[];
  say(message: unknown): void;
  /** Comes back from there; resolves to where the page sends it. */
  comeBack(from: URL, answer?: Answer): Promise<unknown>;
}

/** Plays the page that the provider returns to, in a window of its own. New for each test of the group. */
export const playedCallback = (): Callback => {
  let channel: BroadcastChannel;
  const heard: Callback['heard'] = [];
  beforeEach(() => {
    heard.length = 0;
    channel = new BroadcastChannel('arkane-logout');
    channel.onmessage = ({ data }) => heard.push(data as Callback['heard'][0]);
  });
  afterEach(() => {
    channel.close();
  });
  const say = (message: unknown) => {
    channel.postMessage(message);
  };
  return {
    heard,
    say,
    async comeBack(from, answer = 'returned') {
      const state = from.searchParams.get('state');
      const answered = new Promise<unknown>((resolve) => {
        channel.addEventListener('message', ({ data }: MessageEvent<Callback['heard'][0]>) => {
          if (data.state === state) resolve(data.next);
        });
      });
      say({ state, answer });
      return answered;
    },
  };
};
