import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { cover } from '../src/overlay.js';
import { english } from '../src/words.js';
import { staysQuiet } from './support/quiet.js';

describe('cover', () => {
  staysQuiet();
  let pressed: string[];
  let uncover: (() => void) | undefined;

  beforeEach(() => {
    pressed = [];
  });
  afterEach(() => {
    uncover?.();
    uncover = undefined;
  });

  const popup = {
    show: () => {
      pressed.push('show');
    },
    cancel: () => {
      pressed.push('cancel');
    },
  };
  /** The element that it is in. */
  const put = (strings = english, lang = 'en') => {
    uncover = cover(popup, strings, lang);
    return document.body.lastElementChild as HTMLElement;
  };
  const dialogOf = (host: HTMLElement) => host.shadowRoot!.querySelector('dialog')!;
  const buttonsOf = (host: HTMLElement) => [...host.shadowRoot!.querySelectorAll('button')];

  it('is a modal dialog over the page, which says what to do', () => {
    const dialog = dialogOf(put());
    expect(dialog.open).to.be.true;
    expect(dialog.matches(':modal')).to.be.true;
    expect(dialog.querySelector('p')?.textContent).to.equal(english.cover);
  });

  it('keeps the page out of reach', async () => {
    const outside = document.createElement('button');
    document.body.append(outside);
    const host = put();
    outside.focus();
    expect(document.activeElement === outside).to.be.false;
    for (let times = 0; times < 4; times += 1) {
      await sendKeys({ press: 'Tab' });
      expect(document.activeElement === outside).to.be.false;
    }
    expect(host.isConnected).to.be.true;
    outside.remove();
  });

  it('has a button that shows the window, and one that gives it up', () => {
    const buttons = buttonsOf(put());
    expect(buttons.map(({ textContent, type }) => [textContent, type])).to.deep.equal([
      [english.show, 'button'],
      [english.cancel, 'button'],
    ]);
    for (const button of buttons) button.click();
    expect(pressed).to.deep.equal(['show', 'cancel']);
  });

  it('gives it up by Escape', async () => {
    put();
    await sendKeys({ press: 'Escape' });
    expect(pressed).to.deep.equal(['cancel']);
  });

  it('has the focus on its first button, and gives it back when it is taken away', () => {
    const before = document.createElement('button');
    document.body.append(before);
    before.focus();
    const host = put();
    expect(document.activeElement === host).to.be.true;
    expect(host.shadowRoot!.activeElement === buttonsOf(host)[0]).to.be.true;
    uncover?.();
    expect(document.activeElement === before).to.be.true;
    before.remove();
  });

  it('leaves nothing behind, however often it is taken away', () => {
    const { length } = document.body.children;
    const host = put();
    expect(document.body.children).to.have.length(length + 1);
    uncover?.();
    uncover?.();
    expect(host.isConnected).to.be.false;
    expect(document.body.children).to.have.length(length);
    expect(pressed).to.deep.equal([]);
  });

  it('says what it is given, as text, in its language', () => {
    const strings = { ...english, cover: '<b>Klaar?</b>', show: 'Toon', cancel: 'Annuleer' };
    const host = put(strings, 'nl');
    expect(host.lang).to.equal('nl');
    expect(dialogOf(host).querySelector('p')?.textContent).to.equal('<b>Klaar?</b>');
    expect(buttonsOf(host).map(({ textContent }) => textContent)).to.deep.equal(['Toon', 'Annuleer']);
  });

  it('has no language of its own where it is in the page’s', () => {
    expect(put(english, '').hasAttribute('lang')).to.be.false;
  });

  it('has no inline style and no <style>, so that a strict CSP is no matter', () => {
    const host = put();
    expect(host.shadowRoot!.querySelectorAll('style, [style], script')).to.have.length(0);
    expect(getComputedStyle(dialogOf(host)).borderTopWidth).to.equal('1px');
  });

  it('fits a page that is narrow', () => {
    const host = put();
    const { width } = dialogOf(host).getBoundingClientRect();
    expect(width).to.be.at.most(innerWidth);
    expect(width).to.be.above(0);
  });

  it('is accessible, and is named by what it says', async () => {
    const host = put();
    const dialog = dialogOf(host);
    const id = dialog.getAttribute('aria-labelledby')!;
    expect(host.shadowRoot!.getElementById(id)?.textContent).to.equal(english.cover);
    await expect(host).to.be.accessible();
  });
});
