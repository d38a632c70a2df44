import { expect } from '@open-wc/testing';
import { LogoutError, type LogoutErrorCode } from '../src/core/errors.js';
import type { LogoutResult, LogoutStatus } from '../src/core/result.js';
import { english, type Strings, wordsFor } from '../src/words.js';
import { ended } from './support/results.js';

/** Each string is its own name. */
const names = Object.fromEntries(Object.keys(english).map((name) => [name, name])) as unknown as Strings;

const open: LogoutResult = { ...ended, via: 'window', providerSession: 'unknown', evidence: 'none' };
const because = (code: LogoutErrorCode, part: Partial<LogoutResult> = {}): LogoutResult => ({
  ...open,
  error: new LogoutError(code, 'because'),
  ...part,
});

describe('wordsFor', () => {
  for (const [status, what, result, words] of [
    ['idle', 'before any logout', null, ''],
    ['idle', 'after one that found nobody', { ...ended, providerSession: 'none' }, 'nobody'],
    ['idle', 'after another one', { ...open, trigger: 'restored' }, ''],
    ['pending', 'in the background', null, 'pending'],
    ['pending', 'after a result', open, 'pending'],
    ['done', 'proved', ended, 'done'],
    ['done', 'sent back', { ...ended, providerSession: 'returned' }, 'returned'],
    ['failed', 'misconfigured', null, 'failed'],
    ['failed', 'misconfigured after a logout', ended, 'failed'],
    ['incomplete', 'before a reload', null, 'incomplete'],
    ['incomplete', 'unproved', because('unproved'), 'incomplete'],
    ['incomplete', 'out of reach', because('network'), 'network'],
    ['incomplete', 'blocked', because('blocked'), 'blocked'],
    ['incomplete', 'alive', because('declined', { providerSession: 'alive' }), 'alive'],
    ['incomplete', 'out of time', because('timeout'), 'incomplete'],
    ['incomplete', 'closed', because('closed'), 'incomplete'],
    ['incomplete', 'cancelled', because('cancelled'), 'incomplete'],
    ['incomplete', 'refused', because('refused'), 'incomplete'],
    ['incomplete', 'unsupported', because('unsupported'), 'incomplete'],
    ['incomplete', 'kept', { ...ended, local: 'kept' }, 'kept'],
    ['incomplete', 'kept, and out of reach', because('network', { local: 'kept' }), 'kept'],
  ] as [LogoutStatus, string, LogoutResult | null, string][])
    it(`says "${words}" when ${status}: ${what}`, () => {
      expect(wordsFor(status, result, names)).to.equal(words);
    });

  it('says something in English for everything', () => {
    for (const words of Object.values<string>({ ...english })) expect(words.trim()).not.to.equal('');
  });

  it('never says that all is over where it is not proved', () => {
    expect(english.done).to.equal('You are logged out.');
    for (const name of ['window', 'incomplete', 'network', 'blocked', 'alive', 'returned'] as const)
      expect(english[name]).to.match(/^You are logged out here[.,]/);
  });

  it('says what the next press does wherever there is one', () => {
    for (const name of ['incomplete', 'network', 'blocked', 'alive', 'kept'] as const)
      expect(english[name]).to.match(/[Pp]ress again/);
  });
});
