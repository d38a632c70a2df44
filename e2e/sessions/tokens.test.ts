// Whatever the tokens are worth, and whoever else is in the session: the result never says more than the truth.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { sidOf, type Truths, wordsOf } from '../support/scene.ts';
import { arrange, type SituationName } from '../support/situations.ts';
import { inEachEngine } from '../support/suite.ts';
import { lieIn } from '../truth/oracle.ts';

const over: Truths = { tokensSession: 'over', browser: 'over' };
const alive: Truths = { tokensSession: 'alive', browser: 'alive' };
const inAnotherSession: Truths = { tokensSession: 'over', browser: 'alive' };

/** What is said: via / providerSession / evidence / error code. */
const cells: [situation: SituationName, said: string, truths: Truths][] = [
  ['all tokens', 'token ended logout-response', over],
  ['all tokens; no refresh token', 'hint ended token-check', over],
  ['web origin not registered', 'hint unknown none unproved', over],
  ['web origin not registered; no refresh token', 'hint unknown none unproved', over],
  ['expired access token', 'token ended logout-response', over],
  ['expired access token; no refresh token', 'hint unknown none unproved', over],
  ['expired access token; slow clock', 'hint unknown none unproved', over],
  ['all tokens; garbage as refresh token', 'hint ended token-check', over],
  ['all tokens; "undefined" as refresh token', 'hint ended token-check', over],
  ['all tokens; the access token as refresh token', 'hint ended token-check', over],
  ['all tokens; access token alone', 'none unknown none unproved', alive],
  ['dead session', 'token ended logout-response', over],
  ['dead session; no refresh token', 'hint unknown none unproved', over],
  ['offline token', 'hint ended token-check', over],
  ['offline token; no refresh token', 'hint unknown none unproved', over],
  ['offline token revoked earlier', 'hint unknown none unproved', over],
  [
    'offline token revoked earlier; ID token lost',
    'token unknown none unproved',
    { tokensSession: 'alive, without this client', browser: 'alive' },
  ],
  ['offline token, no online session', 'hint ended token-check', over],
  ['the browser in another session', 'token ended logout-response', inAnotherSession],
  ['the browser in another session; no refresh token', 'hint ended token-check', inAnotherSession],
  ['dead session, the browser in another', 'token ended logout-response', inAnotherSession],
  ['dead session, the browser in another; no refresh token', 'hint unknown none unproved', inAnotherSession],
  ['a second app in the session', 'token ended logout-response', over],
  ['a second app in the session; no refresh token', 'hint ended token-check', over],
  ['a second app in the session, refresh token revoked earlier', 'token ended logout-response', over],
];

const table: string[] = [];
after(() => {
  console.log(['', ...table].join('\n'));
});

inEachEngine(
  'what the tokens are worth',
  (stage) => {
    for (const [name, result, truths] of cells)
      it(`${name}: ${result}`, async () => {
        const { engine, scene } = stage;
        await scene.browser.fresh();
        const { user, stored, clientId } = await arrange(scene, name);
        await scene.store(stored, { clientId });
        const heard = await scene.press();
        const { local } = heard.detail;
        const left = await scene.storedUser(clientId);
        const mishaps = await scene.mishaps();
        const found = await scene.truths(sidOf(user), clientId);
        const said = wordsOf(heard);
        table.push([engine, name, said, `session ${found.tokensSession}`, `browser ${found.browser}`].join(' | '));
        assert.equal(lieIn(heard, found), undefined);
        assert.equal(said, result);
        assert.deepEqual(found, truths);
        assert.deepEqual({ local, left, mishaps }, { local: 'wiped', left: null, mishaps: [] });
      });
  },
  // The truth matrix (e2e/truth) plays the same in all engines, and has found none that differs.
  { inOneEngine: true },
);
