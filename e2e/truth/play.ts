/** One cell, from the sign-in to the verdict. */
import type { Browser } from '../support/drivers.ts';
import { type Heard, Scene, type StoredUser, wordsOf } from '../support/scene.ts';
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
  const { user, stored, clientId, begin, hasHappened } = arranged;
  const secrets = await keepSecrets(scene, user);
  await scene.keep(stored, clientId);
  await scene.open('?tab=nfts', { 'client-id': clientId, ...attributesOf(cell, world.app.origin) });
  if (cell.way !== 'plain' && cell.mode === 'POPUP') await isReady(scene);
  if (begin) {
    await begin();
    secrets.push(...(await keepSecrets(scene, user, (await scene.storedUser(clientId))!)));
  }
  const before = (await scene.heard()).length;
  if (cell.answer === 'blocked') {
    await makeItWait(scene);
    await scene.press();
  } else await pressAndAnswer(scene, cell.answer === '–' ? 'closes' : (cell.answer as Answer), patience);
  if (hasHappened && !hasHappened()) throw new Error(`what "${cell.situation}" is about did not happen`);
  const left = await scene.storedUser(clientId);
  const windows = await browser.windows();
  const look = () => browser.evaluate(() => ('witness' in window ? window.witness.leaks() : undefined));
  await look();
  const truth = await lookUp(scene, arranged);
  // From the page that this has led to, so that nothing is missed that came late.
  const told = (await scene.heard()).slice(before).filter(({ type }) => type !== 'arkane-logging-out');
  const leaks = await browser.until(look, 'the witness');
  if (log.some((line) => secrets.some((secret) => line.includes(secret)))) leaks.push('a request');
  const mishaps = await scene.mishaps();
  if (windows > 1) mishaps.push('a window is open');
  return { told, truth, leaks, mishaps, left };
}

/** Everything that must turn up nowhere: the tokens, and the signatures of those that have one. The witness gets it, too. */
export async function keepSecrets({ browser }: Scene, ...users: StoredUser[]): Promise<string[]> {
  const tokens = users
    .flatMap(({ id_token, access_token, refresh_token }) => [id_token, access_token, refresh_token])
    .filter((token) => token !== undefined);
  const signatures = tokens.map((token) => token.split('.')[2]).filter((part) => part !== undefined);
  const secrets = [...tokens, ...signatures];
  await browser.evaluate((secrets) => {
    localStorage.setItem('e2e-secrets', JSON.stringify(secrets));
  }, secrets);
  return secrets;
}

/** The tokens' session, and the browser's. */
export const sessionsIn = ({ tokensSession, browser }: Truth): string => `${tokensSession} / ${browser}`;

/** All that is wrong with it; nothing, it is to be hoped. */
export function problemsOf({ told, truth, leaks, mishaps, left }: Played, { says, truly }: Cell): string[] {
  const last = told.at(-1);
  const said = last ? wordsOf(last) : 'nothing';
  const lies = told.map((heard) => lieIn(heard, truth)).filter((lie) => lie !== undefined);
  return [
    ...lies.map((lie) => `lie: ${lie}`),
    ...leaks.map((place) => `leak: ${place}`),
    ...mishaps,
    ...(left || told.some(({ detail }) => detail.local !== 'wiped') ? ['tokens are left'] : []),
    ...(said === says ? [] : [`says: ${said}`]),
    ...(sessionsIn(truth) === truly ? [] : [`truly: ${sessionsIn(truth)}`]),
    ...(isTold(told) ? [] : [`events: ${told.map((heard) => `${heard.type} ${wordsOf(heard)}`).join('; ') || 'none'}`]),
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
