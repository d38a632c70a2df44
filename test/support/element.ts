import { expect } from '@open-wc/testing';
import type { ArkaneLogoutElement } from '../../src/arkane-logout-element.js';
import type { LogoutStatus } from '../../src/core/result.js';

const statuses = ['idle', 'pending', 'incomplete', 'done', 'failed'] as const;

export const buttonOf = (element: ArkaneLogoutElement): HTMLButtonElement =>
  element.shadowRoot!.querySelector('button')!;
/** What the live region says. */
export const said = (element: ArkaneLogoutElement): string | null | undefined =>
  element.shadowRoot!.querySelector('[role=status]')?.textContent;
const statesOf = (element: ArkaneLogoutElement) => statuses.filter((name) => element.matches(`:state(${name})`));

/** Everything of one status that a page, a stylesheet or a screen reader can see. */
export const expectStatus = async (element: ArkaneLogoutElement, expected: LogoutStatus): Promise<void> => {
  expect(element.status).to.equal(expected);
  await element.updateComplete;
  expect(statesOf(element)).to.deep.equal(expected === 'idle' ? [] : [expected]);
  expect(buttonOf(element).getAttribute('aria-busy')).to.equal(expected === 'pending' ? 'true' : null);
};
