import { expect } from '@open-wc/testing';
import { LogoutError } from '../../src/core/errors.js';
import { type LogoutResult, type LogoutStatus, type Outcome, statusOf, unknown } from '../../src/core/result.js';
import { ended } from '../support/results.js';

const returned: Outcome = { via: 'redirect', providerSession: 'returned', evidence: 'return' };
const notAnswered: Outcome = { via: 'redirect', providerSession: 'unknown', evidence: 'none' };

describe('statusOf', () => {
  const table: [what: string, part: Partial<LogoutResult>, status: LogoutStatus][] = [
    ['a session that ended by the logout response', {}, 'done'],
    ['a session that ended by the token check', { via: 'hint', evidence: 'token-check' }, 'done'],
    ['a session that ended with a later press', { trigger: 'completed' }, 'done'],
    ['a session that may live', { providerSession: 'unknown', evidence: 'none' }, 'incomplete'],
    ['a user whom the provider sent back', { trigger: 'return', ...returned }, 'done'],
    ['a user whom it sent back from a later press', { trigger: 'completed', ...returned }, 'done'],
    ['a user who came back without an answer', { trigger: 'return', ...notAnswered }, 'incomplete'],
    ['a user whom the provider sent back, with tokens kept', { ...returned, local: 'kept' }, 'incomplete'],
    ['a page that is shown again, and was told elsewhere', { trigger: 'restored', ...notAnswered }, 'idle'],
    [
      'a page that is shown again, with tokens kept',
      { trigger: 'restored', ...notAnswered, local: 'kept' },
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

describe('unknown', () => {
  it('claims nothing, and says why', () => {
    const error = new LogoutError('closed', 'Closed.');
    expect(unknown('redirect', error)).to.deep.equal({ ...notAnswered, error });
  });

  it('has no error of nothing', () => {
    expect(unknown('redirect')).to.have.all.keys(Object.keys(notAnswered));
  });
});
