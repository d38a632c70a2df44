import { expect } from '@open-wc/testing';
import { LogoutError } from '../../src/core/errors.js';
import { ArkaneLoggedOutEvent, ArkaneLoggingOutEvent, ArkaneLogoutErrorEvent } from '../../src/core/events.js';
import type { LogoutResult } from '../../src/core/result.js';

const windowMode = 'POPUP' as const;

describe('arkane-logging-out', () => {
  it('bubbles, crosses shadow roots, and can be prevented', () => {
    const event = new ArkaneLoggingOutEvent({ windowMode });
    expect(event).to.be.instanceOf(CustomEvent);
    expect(event).to.include({ type: 'arkane-logging-out', bubbles: true, composed: true, cancelable: true });
    expect(event.detail).to.deep.equal({ windowMode });
  });

  it('collects what listeners ask to wait for, in order', () => {
    const [first, second] = [Promise.resolve(1), Promise.resolve(2)];
    const event = new ArkaneLoggingOutEvent({ windowMode });
    const target = new EventTarget();
    target.addEventListener(event.type, () => {
      event.waitUntil(first);
    });
    target.addEventListener(event.type, () => {
      event.waitUntil(second);
    });
    target.dispatchEvent(event);
    expect(event.promises).to.deep.equal([first, second]);
  });

  const late = (event: ArkaneLoggingOutEvent) => {
    try {
      event.waitUntil(Promise.resolve());
    } catch (error) {
      return error as DOMException;
    }
    throw new Error('waitUntil() was taken.');
  };

  it('refuses waitUntil() once it was dispatched, as ExtendableEvent does', () => {
    const event = new ArkaneLoggingOutEvent({ windowMode });
    new EventTarget().dispatchEvent(event);
    expect(late(event)).to.be.instanceOf(DOMException);
    expect(late(event).name).to.equal('InvalidStateError');
    expect(event.promises).to.deep.equal([]);
  });

  it('refuses waitUntil() before it was dispatched, because nobody would wait', () => {
    expect(late(new ArkaneLoggingOutEvent({ windowMode })).name).to.equal('InvalidStateError');
  });
});

describe('arkane-logged-out', () => {
  it('bubbles, crosses shadow roots, cannot be prevented, and carries the result', () => {
    const result: LogoutResult = {
      windowMode,
      trigger: 'user',
      via: 'none',
      providerSession: 'none',
      evidence: 'none',
      local: 'wiped',
    };
    const event = new ArkaneLoggedOutEvent(result);
    expect(event).to.be.instanceOf(CustomEvent);
    expect(event).to.include({ type: 'arkane-logged-out', bubbles: true, composed: true, cancelable: false });
    expect(event.detail).to.equal(result);
  });
});

describe('arkane-logout-error', () => {
  it('bubbles, crosses shadow roots, cannot be prevented, and carries the error', () => {
    const error = new LogoutError('configuration', 'client-id: missing.');
    const event = new ArkaneLogoutErrorEvent({ error });
    expect(event).to.be.instanceOf(CustomEvent);
    expect(event).to.include({ type: 'arkane-logout-error', bubbles: true, composed: true, cancelable: false });
    expect(event.detail.error).to.equal(error);
  });
});
