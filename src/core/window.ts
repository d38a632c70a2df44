import type { LogoutRequest } from './request.js';
import type { Answer } from './result.js';

// Loaded when it is needed, and imports nothing of the rest: a page may have that under another URL.

/** A question to the provider: whether it would sign this client in without asking the user. */
export interface SessionCheck {
  state: string;
  url: string;
}

/** Where a window is to go. */
export interface Visit {
  /** The provider's end-session endpoint, with all that it is to know but a `state`. */
  url: string;
  /** Where the session check that follows is to ask, where one is wanted. */
  authorization: string | undefined;
}

/** Why no answer came. `closed`: the user closed the window, or gave it up. */
export type NoAnswer = 'closed' | 'timeout' | 'cancelled';

/** What the page may do about a window while it waits. */
export interface OpenWindow {
  /** Brings the window forward, or opens it again where it is closed, or out of reach. Needs a user's gesture. */
  show: () => void;
  /** Closes it, where that is possible, and waits no longer. */
  cancel: () => void;
}

/** `isLate`: something was said before, and this is better. */
type Tell = (answer: Answer | NoAnswer, isLate: boolean) => void;

/** Longest life of a window, ms. */
const lifetime = 120_000;
/** How long this page must have the focus again until a window that seems closed counts as closed, ms. */
const settling = 1000;
const step = 250;

/** Cut off from this page, so that nothing that it shows can lead the page anywhere. */
const openBlank = (): WindowProxy | null => {
  const opened = open('about:blank', '_blank', 'popup,width=500,height=650');
  if (!opened) return null;
  try {
    opened.sessionStorage.clear(); // a copy of this tab's, tokens included
  } catch {
    // Blocked: then there is none.
  }
  opened.opener = null;
  return opened;
};

/** Opens a blank window, which the browser allows shortly after a user's gesture only; else `null`. */
export const openWindow = (): ProviderWindow | null => {
  const channel = new BroadcastChannel('arkane-logout'); // first: a window that could not be heard would be in the way
  const handle = openBlank();
  if (handle) return new ProviderWindow(handle, channel);
  channel.close();
  return null;
};

/** A window for the provider's own pages. */
export class ProviderWindow implements OpenWindow {
  #handle: WindowProxy;
  #url = '';
  #last: Answer | NoAnswer | undefined;
  /** It came back, and was sent on to the session check. */
  #isBack = false;
  #tell: Tell | undefined;
  readonly #stopped = new AbortController();
  readonly #channel: BroadcastChannel;

  constructor(handle: WindowProxy, channel: BroadcastChannel) {
    this.#handle = handle;
    this.#channel = channel;
    const watch = setInterval(this.#watch(), step);
    this.#stopped.signal.addEventListener('abort', () => {
      clearInterval(watch);
      channel.close();
    });
  }

  /** Nobody listens any more. */
  get isOver(): boolean {
    return this.#stopped.signal.aborted;
  }

  readonly show = (): void => {
    if (this.isOver) return;
    // Where the provider or the page isolates itself (COOP), a window that is open says that it is closed.
    if (!this.#handle.closed) this.#handle.focus();
    else if (this.#url) {
      this.#handle = openBlank() ?? this.#handle;
      this.#handle.location.replace(this.#url);
    }
  };

  readonly cancel = (): void => {
    this.#handle.close();
    this.#giveUp('closed');
  };

  /** Nobody listens from now on; closes it, where that is possible. */
  close(): void {
    this.#stopped.abort();
    this.#handle.close();
    this.#url = ''; // there is an ID token in it
  }

  /** Sends it to the provider, and says what comes of that: once, or again where a better answer comes after all. */
  visit({ url, authorization }: Visit, request: LogoutRequest, tell: Tell): void {
    const { signal } = this.#stopped;
    const state = random(); // in memory only: the window has a copy of what is stored
    const check = authorization === undefined ? undefined : sessionCheck(authorization, request);
    this.#url = withParameters(url, { state });
    this.#tell = tell;

    const channel = this.#channel;
    // Whoever can write here is a page of this origin; what is not of this visit is not ours.
    channel.onmessage = ({ data }: MessageEvent<{ state?: unknown; answer?: Answer } | null>) => {
      if (!data?.answer) return;
      const isChecked = check !== undefined && data.state === check.state;
      if (!isChecked && data.state !== state) return;
      this.#isBack = true;
      const next = check && !isChecked ? check.url : 'close';
      channel.postMessage({ state: data.state, next });
      if (next !== 'close') return;
      this.close();
      this.#say(isChecked ? data.answer : 'returned');
    };
    const timer = setTimeout(() => {
      this.close();
      this.#giveUp('timeout');
    }, lifetime);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
    const cancel = () => {
      this.close();
      this.#giveUp('cancelled');
    };
    request.signal?.addEventListener('abort', cancel, { signal });
    if (request.signal?.aborted) cancel();
    else this.#handle.location.replace(this.#url);
  }

  /** That it says it is closed counts only once the user is back from it, for a while. */
  #watch(): () => void {
    const hasFocus = () => Document.prototype.hasFocus.call(document); // a <form name="hasFocus"> hides the one of `document`
    let hasBeenLeft = false;
    let ticks = 0;
    return () => {
      hasBeenLeft ||= !hasFocus();
      ticks = hasBeenLeft && hasFocus() && this.#handle.closed ? ticks + 1 : 0;
      if (ticks * step > settling) this.#giveUp('closed');
    };
  }

  #giveUp(why: NoAnswer): void {
    if (!this.#last) this.#say(this.#isBack ? 'returned' : why);
  }

  #say(answer: Answer | NoAnswer): void {
    if (!this.#tell || answer === this.#last) return;
    const isLate = this.#last !== undefined;
    this.#last = answer;
    this.#tell(answer, isLate);
  }
}

const random = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace('=', '');
};

const withParameters = (address: string, parameters: Record<string, string>): string => {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
};

/**
 * A request to sign in without asking (OpenID Connect Core §3.1.2.1, `prompt=none`). Nobody wants its code, so the
 * challenge (RFC 7636 §4.2) is of a verifier that nobody knows. A large `max_age`, because a client's own small default
 * would deny a session that lives; never a hint, which would deny one of somebody else's.
 */
export const sessionCheck = (
  authorization: string,
  { clientId, postLogoutRedirectUri }: Pick<LogoutRequest, 'clientId' | 'postLogoutRedirectUri'>,
): SessionCheck => {
  const state = random();
  const url = withParameters(authorization, {
    client_id: clientId,
    redirect_uri: postLogoutRedirectUri,
    response_type: 'code',
    scope: 'openid',
    prompt: 'none',
    max_age: '31536000',
    code_challenge: random(),
    code_challenge_method: 'S256',
    state,
    nonce: random(),
  });
  return { state, url };
};
