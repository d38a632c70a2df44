import { expect } from '@open-wc/testing';
import { type LogoutResult, type LogoutStatus, statusOf } from '../../src/core/result.js';
import { ended } from '../support/results.js';

describe('statusOf', () => {
  const table: [what: string, part: Partial<LogoutResult>, status: LogoutStatus][] = [
    ['a session that ended by the logout response', {}, 'done'],
    ['a session that ended by the token check', { via: 'hint', evidence: 'token-check' }, 'done'],
    ['a session that ended with a later press', { trigger: 'completed' }, 'done'],
    ['a session that may live', { providerSession: 'unknown', evidence: 'none' }, 'incomplete'],
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
