/** One cell, from the sign-in to the verdict. */
import type { Browser } from '../support/drivers.ts';
import { type Heard, Scene, type StoredUser } from '../support/scene.ts';
import { arrange } from '../support/situations.ts';
import { isReady, makeItWait } from '../support/windows.ts';
import { attributesOf, type Cell } from './list.ts';
import { lieIn, lookUp, type Truth } from './oracle.ts';
import type { Stage } from './stage.ts';
import { type Answer, pressAndAnswer } from './user.ts';

export interface Played {
  /** Terminal events, in order; the last has the last word. */
  told: Heard[];
  truth: Truth;
  /** Where a token was that has no business there. */
  leaks: string[];
  mishaps: string[];
  left: StoredUser | null;
}

/** Plays a cell; `patience`: ms for the last word. */
export async function play(
  { world, log, meet }: Stage,
  browser: Browser,
  cell: Cell,
  patience?: number,
): Promise<Played> {
  const scene = new Scene(browser, world);
  log.length = 0;
  await browser.fresh();
  const arranged = await arrange(scene, cell.situation, meet);
  const { user, stored, clientId, begin } = arranged;
  const secrets = await keepSecrets(scene, user);
  await scene.keep(stored, clientId);
  await scene.open('?tab=nfts', { 'client-id': clientId, ...attributesOf(cell, world.app.origin) });
  if (cell.way !== 'plain' && cell.mode === 'POPUP') await isReady(scene);
  await begin?.();
  const isBlocked = cell.answer === 'blocked';
  if (isBlocked) await makeItWait(scene);
  const heard = isBlocked
    ? [await scene.press()]
    : await pressAndAnswer(scene, cell.answer === '–' ? 'closes' : (cell.answer as Answer), patience);
  const left = await scene.storedUser(clientId);
  const leaks = await browser.evaluate(() => window.witness.leaks());
  if (log.some((line) => secrets.some((secret) => line.includes(secret)))) leaks.push('a request');
  const mishaps = await scene.mishaps();
  const truth = await lookUp(scene, arranged);
  return { told: heard.filter(({ type }) => type !== 'arkane-logging-out'), truth, leaks, mishaps, left };
}

/** Everything that must turn up nowhere: the tokens, and the signatures of those that have one. The witness gets it, too. */
export async function keepSecrets(
  { browser }: Scene,
  { id_token, access_token, refresh_token }: StoredUser,
): Promise<string[]> {
  const tokens = [id_token, access_token, refresh_token].filter((token) => token !== undefined);
  const signatures = tokens.map((token) => token.split('.')[2]).filter((part) => part !== undefined);
  const secrets = [...tokens, ...signatures];
  await browser.evaluate((secrets) => {
    localStorage.setItem('e2e-secrets', JSON.stringify(secrets));
  }, secrets);
  return secrets;
}

export const said = ({ detail }: Heard): string => {
  const { via, providerSession, evidence, error } = detail;
  return [via, providerSession, evidence, error?.code].join(' ').trim();
};

/** All that is wrong with it; nothing, it is to be hoped. */
export function problemsOf({ told, truth, leaks, mishaps, left }: Played): string[] {
  const lies = told.map((heard) => lieIn(heard, truth)).filter((lie) => lie !== undefined);
  return [
    ...lies.map((lie) => `lie: ${lie}`),
    ...leaks.map((place) => `leak: ${place}`),
    ...mishaps,
    ...(left || told.some(({ detail }) => detail.local !== 'wiped') ? ['tokens are left'] : []),
    ...(isTold(told) ? [] : [`events: ${told.map((heard) => `${heard.type} ${said(heard)}`).join('; ') || 'none'}`]),
  ];
}

/** Exactly one terminal event, and one more where a window was open as it came. */
function isTold([first, ...more]: Heard[]): boolean {
  if (first?.type !== 'arkane-logged-out') return false;
  const { via, providerSession, error } = first.detail;
  const isOpen = via === 'window' && providerSession === 'unknown' && !error;
  const isCompletion = ({ type, detail }: Heard) => type === first.type && detail.trigger === 'completed';
  return more.length === (isOpen ? 1 : 0) && more.every(isCompletion);
}
