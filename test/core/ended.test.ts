import { expect } from '@open-wc/testing';
import { liftEnded, noteEnded, place } from '../../src/core/ended.js';
import { staysQuiet } from '../support/quiet.js';
import { blockStorage, breakStorage } from '../support/storage.js';
import { hasEnded } from '../support/record.js';

const day = 86_400_000;

describe('the record of sessions that were logged out', () => {
  staysQuiet();
  const { now } = Date;
  let ahead = 0;
  let at: number;
  beforeEach(() => {
    localStorage.clear();
    ahead = 0;
    at = now();
    Date.now = () => at + ahead;
  });
  afterEach(() => {
    Date.now = now;
  });
  const stored = () => JSON.parse(localStorage.getItem(place) ?? 'null') as unknown;

  it('is empty where nobody was logged out', () => {
    expect(hasEnded('client', 'key', 0)).to.be.false;
    expect(hasEnded('client', undefined, 0)).to.be.false;
  });

  it('is of one client in one session', () => {
    noteEnded('client', 'key', at);
    expect(hasEnded('client', 'key', at)).to.be.true;
    expect(hasEnded('client-2', 'key', at)).to.be.false;
    expect(hasEnded('client', 'key-2', at)).to.be.false;
    expect(hasEnded('client', undefined, at)).to.be.false;
  });

  it('holds the client, the key and the time, and nothing else', () => {
    noteEnded('client', 'key', at);
    expect(stored()).to.deep.equal([['client', 'key', at]]);
  });

  it('counts what ended at that very time or later, and nothing earlier', () => {
    noteEnded('client', 'key', at);
    expect(hasEnded('client', 'key', at - 1)).to.be.true;
    expect(hasEnded('client', 'key', at)).to.be.true;
    expect(hasEnded('client', 'key', at + 1)).to.be.false;
  });

  it('has a session once, at the time when it was noted last', () => {
    noteEnded('client', 'key', at);
    noteEnded('client', 'key', at + 5);
    expect(stored()).to.deep.equal([['client', 'key', at + 5]]);
  });

  it('keeps the same key of two clients, and two keys of one', () => {
    noteEnded('client', 'key', at);
    noteEnded('client-2', 'key', at);
    noteEnded('client', 'key-2', at);
    expect(stored()).to.deep.equal([
      ['client', 'key', at],
      ['client-2', 'key', at],
      ['client', 'key-2', at],
    ]);
  });

  it('keeps the last 20', () => {
    for (let each = 0; each < 20; each += 1) noteEnded('client', `key-${each}`, at);
    expect(hasEnded('client', 'key-0', at)).to.be.true;
    noteEnded('client', 'key-20', at);
    expect(stored()).to.have.length(20);
    expect(hasEnded('client', 'key-0', at)).to.be.false;
    expect(hasEnded('client', 'key-1', at)).to.be.true;
    expect(hasEnded('client', 'key-20', at)).to.be.true;
  });

  it('keeps the one among them that has ended once more', () => {
    for (let each = 0; each < 20; each += 1) noteEnded('client', `key-${each}`, at);
    noteEnded('client', 'key-0', at);
    noteEnded('client', 'key-20', at);
    expect(hasEnded('client', 'key-0', at)).to.be.true;
    expect(hasEnded('client', 'key-1', at)).to.be.false;
  });

  it('keeps them for a day, and drops what is older with the next', () => {
    noteEnded('client', 'key', at);
    ahead = day - 1;
    expect(hasEnded('client', 'key', 0)).to.be.true;
    ahead = day;
    expect(hasEnded('client', 'key', 0)).to.be.false;
    noteEnded('client', 'key-2', at + day);
    expect(stored()).to.deep.equal([['client', 'key-2', at + day]]);
  });

  it('does not look at a time a day ahead, which a clock had that was set back since', () => {
    noteEnded('client', 'key', at + day - 1);
    expect(hasEnded('client', 'key', at)).to.be.true;
    noteEnded('client', 'key', at + day);
    expect(hasEnded('client', 'key', at)).to.be.false;
  });

  describe('lifted', () => {
    it('knows nothing of that session any more, and all of the others', () => {
      noteEnded('client', 'key', at);
      noteEnded('client-2', 'key', at);
      noteEnded('client', 'key-2', at);
      liftEnded('client', 'key');
      expect(stored()).to.deep.equal([
        ['client-2', 'key', at],
        ['client', 'key-2', at],
      ]);
    });

    it('keeps what ended at a given time or later', () => {
      noteEnded('client', 'key', at);
      liftEnded('client', 'key', at - 1);
      liftEnded('client', 'key', at);
      expect(hasEnded('client', 'key', at)).to.be.true;
      liftEnded('client', 'key', at + 1);
      expect(hasEnded('client', 'key', at)).to.be.false;
    });

    it('is left as it was where there is nothing to lift: other tabs would be told of a change', () => {
      const text = `[ ["client", "key", ${at}] ]`;
      localStorage.setItem(place, text);
      liftEnded('client', 'key-2');
      liftEnded('client', undefined);
      liftEnded('client-2', 'key');
      expect(localStorage.getItem(place)).to.equal(text);
    });

    it('is not begun where there was none', () => {
      liftEnded('client', 'key');
      expect(localStorage.getItem(place)).to.be.null;
    });
  });

  for (const text of [
    'not JSON',
    'null',
    '5',
    '"client"',
    '{}',
    '[null]',
    '[5]',
    '[[]]',
    '["client"]',
    '[["client","key"]]',
    '[["client","key",null]]',
    '[["client","key","now"]]',
    '[["client","key",{}]]',
    '[["client","key",0]]',
    '[{"client":"key"}]',
  ])
    it(`that reads ${text} is none, and is begun anew`, () => {
      localStorage.setItem(place, text);
      expect(hasEnded('client', 'key', 0)).to.be.false;
      liftEnded('client', 'key');
      expect(localStorage.getItem(place)).to.equal(text);
      noteEnded('client', 'key', at);
      expect(stored()).to.deep.equal([['client', 'key', at]]);
    });

  it('is silent where the storage is full, and what it held is still there', () => {
    noteEnded('client', 'key', at);
    breakStorage('setItem');
    noteEnded('client', 'key-2', at);
    expect(hasEnded('client', 'key-2', at)).to.be.false;
    liftEnded('client', 'key');
    expect(hasEnded('client', 'key', at)).to.be.true;
  });

  it('is silent where the storage is blocked', () => {
    const unblock = blockStorage('localStorage');
    noteEnded('client', 'key', at);
    liftEnded('client', 'key');
    const found = hasEnded('client', 'key', at);
    unblock();
    expect(found).to.be.false;
    expect(stored()).to.be.null;
  });
});
