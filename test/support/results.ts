import type { LogoutResult } from '../../src/core/result.js';

/** What a press comes to when all is well. */
export const ended: LogoutResult = {
  windowMode: 'POPUP',
  trigger: 'user',
  via: 'token',
  providerSession: 'ended',
  evidence: 'logout-response',
  local: 'wiped',
};
