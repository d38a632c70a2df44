// An app in a sandboxed frame, of no origin: its page hands it a user, and is told what became of them.
import { ArkaneLogoutElement } from '../../src/arkane-logout-element.js';
import { isLoggingOut, type LogoutResult, wasLoggedOut } from '../../src/core/index.js';

customElements.define('arkane-logout', ArkaneLogoutElement);

export interface FrameOptions {
  authority: string;
  /** In memory; without them the element looks where oidc-client-ts would keep them. */
  tokens: { idToken: string; accessToken: string; refreshToken: string | undefined } | null;
  timeout: number;
}

export interface FrameReport {
  origin: string;
  /** What cannot be had here. */
  missing: string[];
  heard: string[];
  mishaps: string[];
  result: string;
  status: string;
  isHeld: boolean;
  guards: [isLoggingOut: boolean, wasLoggedOut: boolean];
}

const heard: string[] = [];
const mishaps: string[] = [];
const missing: string[] = [];
addEventListener('error', ({ message }) => mishaps.push(message));
addEventListener('unhandledrejection', ({ reason }) => mishaps.push(String(reason)));
for (const type of ['arkane-logging-out', 'arkane-logged-out', 'arkane-logout-error'])
  document.addEventListener(type, () => heard.push(type));
const look = async (name: string, use: () => unknown) => {
  try {
    await use();
  } catch {
    missing.push(name);
  }
};

const wordsOf = ({ via, providerSession, evidence, local, error }: LogoutResult) =>
  [via, providerSession, evidence, local, error?.code].filter(Boolean).join(' ');

const run = async ({ authority, tokens, timeout }: FrameOptions): Promise<FrameReport> => {
  await look('sessionStorage', () => sessionStorage);
  await look('localStorage', () => localStorage);
  await look('locks', () => navigator.locks.request('any', () => undefined));
  let held = tokens;
  const element = document.createElement('arkane-logout');
  Object.assign(element, { clientId: 'Arketype', authority, timeout });
  if (tokens) element.tokenStore = { tokens: () => held, clear: () => (held = null) };
  document.body.append(element);
  await element.updateComplete;
  await new Promise((resolve) => setTimeout(resolve, 150)); // what it does when the page is idle
  element.shadowRoot!.querySelector('button')!.click();
  const result = await element.logout().then(wordsOf, String);
  await new Promise((resolve) => setTimeout(resolve, 100)); // a second event would come now
  dispatchEvent(new PageTransitionEvent('pagehide'));
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  const key = { clientId: 'Arketype', authority };
  const guards: FrameReport['guards'] = [isLoggingOut(key), wasLoggedOut(key)];
  return { origin, missing, heard, mishaps, result, status: element.status, isHeld: held !== null, guards };
};

addEventListener('message', ({ data }: MessageEvent<FrameOptions>) => {
  void run(data).then(
    (report) => {
      parent.postMessage(report, '*');
    },
    (error: unknown) => {
      parent.postMessage({ mishaps: [String(error)] }, '*');
    },
  );
});
parent.postMessage('ready', '*');
