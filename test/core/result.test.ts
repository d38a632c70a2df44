import { expect } from '@open-wc/testing';
import { LogoutError } from '../../src/core/errors.js';
import {
  answered,
  mayLive,
  type LogoutResult,
  type LogoutStatus,
  type Outcome,
  statusOf,
  unknown,
} from '../../src/core/result.js';
import { ended } from '../support/results.js';

const returned: Outcome = { via: 'redirect', providerSession: 'returned', evidence: 'return' };
const nothingKnown: Outcome = { via: 'redirect', providerSession: 'unknown', evidence: 'none' };
const error = new LogoutError('closed', 'No answer came back.');
const notAnswered: Outcome = { ...nothingKnown, error };

describe('statusOf', () => {
  const table: [what: string, part: Partial<LogoutResult>, status: LogoutStatus][] = [
    ['a session that ended by the logout response', {}, 'done'],
    ['a session that ended by the token check', { via: 'hint', evidence: 'token-check' }, 'done'],
    ['a session that ended with a later press', { trigger: 'completed' }, 'done'],
    ['a session that may live', { providerSession: 'unknown', evidence: 'none', error }, 'incomplete'],
    ['a session of which a window will tell', { ...nothingKnown, via: 'window' }, 'pending'],
    ['a session that ended by the session check', { via: 'window', evidence: 'session-check' }, 'done'],
    ['a session that lives', answered('window', 'alive'), 'incomplete'],
    ['a user whom the provider sent back', { trigger: 'return', ...returned }, 'done'],
    ['a user whom it sent back from a later press', { trigger: 'completed', ...returned }, 'done'],
    ['a user who came back without an answer', { trigger: 'return', ...notAnswered }, 'incomplete'],
    ['a user whom the provider sent back, with tokens kept', { ...returned, local: 'kept' }, 'incomplete'],
    ['a page that is shown again, and was told elsewhere', { trigger: 'restored', ...nothingKnown }, 'idle'],
    [
      'a page that is shown again, with tokens kept',
      { trigger: 'restored', ...nothingKnown, local: 'kept' },
      'incomplete',
    ],
    ['nobody to log out', { via: 'none', providerSession: 'none', evidence: 'none' }, 'idle'],
    ['a session that ended, with tokens kept', { local: 'kept' }, 'incomplete'],
    ['nobody to log out, with tokens kept', { providerSession: 'none', local: 'kept' }, 'incomplete'],
    ['a session that may live, with tokens kept', { providerSession: 'unknown', local: 'kept' }, 'incomplete'],
  ];
  for (const [what, part, status] of table)
    it(`makes ${what} ${status}`, () => {
      expect(statusOf({ ...ended, ...part })).to.equal(status);
    });
});

describe('mayLive', () => {
  it('holds of a session that lives or may live, and of no other', () => {
    const all = ['ended', 'returned', 'alive', 'unknown', 'none'] as const;
    expect(all.filter((providerSession) => mayLive({ providerSession }))).to.deep.equal(['alive', 'unknown']);
  });
});

describe('unknown', () => {
  it('claims nothing, and says why', () => {
    expect(unknown('redirect', error)).to.deep.equal({ ...nothingKnown, error });
  });

  it('has no error of nothing', () => {
    expect(unknown('redirect')).to.have.all.keys(Object.keys(nothingKnown));
  });
});

describe('answered', () => {
  it('claims no more of a user who is back than that', () => {
    expect(answered('redirect', 'returned')).to.deep.equal(returned);
  });

  it('has the session check for evidence, where there was one', () => {
    const proved = { via: 'window', evidence: 'session-check' };
    expect(answered('window', 'ended')).to.deep.equal({ ...proved, providerSession: 'ended' });
    const { error, ...rest } = answered('window', 'alive');
    expect(rest).to.deep.equal({ ...proved, providerSession: 'alive' });
    expect(error).to.have.property('code', 'declined');
  });

  for (const why of ['closed', 'timeout', 'cancelled'] as const)
    it(`knows nothing where there is no answer: ${why}`, () => {
      const { error, ...rest } = answered('redirect', why);
      expect(rest).to.deep.equal(nothingKnown);
      expect(error).to.have.property('code', why);
    });
});
