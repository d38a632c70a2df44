// Whatever the tokens are worth, and whoever else is in the session: the result never says more than the truth.
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { briefLifespan } from '../support/provider.ts';
import { isLie, type Scene, sidOf, type StoredUser, type Truths } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

interface Cell {
  name: string;
  /** Leaves the demo page open with `user` stored. */
  arrange: (scene: Scene) => Promise<{ user: StoredUser; clientId?: string }>;
  /** via / providerSession / evidence / error code */
  result: string;
  truths: Truths;
}

const over: Truths = { tokensSession: 'over', browser: 'over' };
const alive: Truths = { tokensSession: 'alive', browser: 'alive' };
const inAnotherSession: Truths = { tokensSession: 'over', browser: 'alive' };

/** Signs in, and stores the user as `change` leaves it. */
const withUser =
  (change: (user: StoredUser) => object, scope?: string): Cell['arrange'] =>
  async (scene) => {
    const user = await scene.tokensFor('Arketype', scope);
    await scene.store(change(user));
    return { user };
  };
const unchanged = (user: StoredUser): object => user;
const withoutRefreshToken = (user: StoredUser): object => ({ ...user, refresh_token: undefined });

/** The tokens of one session, in a browser that is in another one. */
const inAnother =
  (change: (user: StoredUser) => object, end = false): Cell['arrange'] =>
  async (scene) => {
    const user = await scene.tokensFor('Arketype');
    await scene.browser.fresh();
    await scene.tokensFor('Arketype');
    if (end) await scene.world.provider.endSession(sidOf(user));
    await scene.store(change(user));
    return { user };
  };

const afterItsEnd =
  (change: (user: StoredUser) => object): Cell['arrange'] =>
  async (scene) => {
    const arranged = await withUser(change)(scene);
    await scene.world.provider.endSession(sidOf(arranged.user));
    return arranged;
  };

const fromElsewhere =
  (change: (user: StoredUser) => object): Cell['arrange'] =>
  async (scene) => {
    const user = await scene.tokensFor('Arketype');
    await scene.store(change(user), { origin: scene.world.app.origin.replace('app.', 'app.one.') });
    return { user };
  };

/** The client's tokens last two seconds. `change` may let the app believe that they last longer. */
const expired =
  (change: (user: StoredUser) => object): Cell['arrange'] =>
  async (scene) => {
    const user = await scene.tokensFor('Brief');
    await sleep((briefLifespan + 1) * 1000);
    await scene.store(change(user), { clientId: 'Brief' });
    return { user, clientId: 'Brief' };
  };

/** An offline session beside the online one: asked for in a second sign-in, because alone it leaves no online session. */
const offline =
  (change: (user: StoredUser) => object, revoke = false): Cell['arrange'] =>
  async (scene) => {
    await scene.tokensFor('Arketype');
    const user = await scene.tokensFor('Arketype', 'openid offline_access');
    if (revoke) {
      await scene.tokensFor('Plain'); // alone in the session, the app would end it by the revocation
      await scene.post('revoke', { client_id: 'Arketype', token: user.refresh_token });
    }
    await scene.store(change(user));
    return { user };
  };

const besideAnotherApp =
  (change: (user: StoredUser) => object, revoke = false): Cell['arrange'] =>
  async (scene) => {
    const user = await scene.tokensFor('Arketype');
    await scene.tokensFor('Plain');
    if (revoke) await scene.post('revoke', { client_id: 'Arketype', token: user.refresh_token });
    await scene.store(change(user));
    return { user };
  };

const cells: Cell[] = [
  { name: 'all tokens', arrange: withUser(unchanged), result: 'token ended logout-response', truths: over },
  { name: 'no refresh token', arrange: withUser(withoutRefreshToken), result: 'hint ended token-check', truths: over },
  {
    name: 'web origin not registered',
    arrange: fromElsewhere(unchanged),
    result: 'hint unknown none unproved',
    truths: over,
  },
  {
    name: 'the same, no refresh token',
    arrange: fromElsewhere(withoutRefreshToken),
    result: 'hint unknown none unproved',
    truths: over,
  },
  { name: 'expired access token', arrange: expired(unchanged), result: 'token ended logout-response', truths: over },
  {
    name: 'the same, no refresh token',
    arrange: expired(withoutRefreshToken),
    result: 'hint unknown none unproved',
    truths: over,
  },
  {
    name: 'the same, by a clock that is slow',
    arrange: expired((user) => withoutRefreshToken({ ...user, expires_at: user.expires_at + 600 })),
    result: 'hint unknown none unproved',
    truths: over,
  },
  {
    name: 'garbage as refresh token',
    arrange: withUser((user) => ({ ...user, refresh_token: 'garbage' })),
    result: 'hint ended token-check',
    truths: over,
  },
  {
    name: '"undefined" as refresh token',
    arrange: withUser((user) => ({ ...user, refresh_token: 'undefined' })),
    result: 'hint ended token-check',
    truths: over,
  },
  {
    name: 'the access token as refresh token',
    arrange: withUser((user) => ({ ...user, refresh_token: user.access_token })),
    result: 'hint ended token-check',
    truths: over,
  },
  {
    name: 'access token alone',
    arrange: withUser(({ access_token }) => ({ access_token })),
    result: 'none unknown none unproved',
    truths: alive,
  },
  { name: 'dead session', arrange: afterItsEnd(unchanged), result: 'token ended logout-response', truths: over },
  {
    name: 'the same, no refresh token',
    arrange: afterItsEnd(withoutRefreshToken),
    result: 'hint unknown none unproved',
    truths: over,
  },
  { name: 'offline token', arrange: offline(unchanged), result: 'hint ended token-check', truths: over },
  {
    name: 'the same, no refresh token',
    arrange: offline(withoutRefreshToken),
    result: 'hint unknown none unproved',
    truths: over,
  },
  {
    name: 'the same, revoked earlier',
    arrange: offline(unchanged, true),
    result: 'hint unknown none unproved',
    truths: over,
  },
  {
    name: 'the same, revoked earlier and ID token lost',
    arrange: offline((user) => ({ ...user, id_token: undefined }), true),
    result: 'token unknown none unproved',
    truths: { tokensSession: 'alive, without this client', browser: 'alive' },
  },
  {
    name: 'the same, no online session',
    arrange: withUser(unchanged, 'openid offline_access'),
    result: 'hint ended token-check',
    truths: over,
  },
  {
    name: "another live session's cookie",
    arrange: inAnother(unchanged),
    result: 'token ended logout-response',
    truths: inAnotherSession,
  },
  {
    name: 'the same, no refresh token',
    arrange: inAnother(withoutRefreshToken),
    result: 'hint ended token-check',
    truths: inAnotherSession,
  },
  {
    name: 'dead session, browser in another',
    arrange: inAnother(unchanged, true),
    result: 'token ended logout-response',
    truths: inAnotherSession,
  },
  {
    name: 'the same, no refresh token',
    arrange: inAnother(withoutRefreshToken, true),
    result: 'hint unknown none unproved',
    truths: inAnotherSession,
  },
  {
    name: 'a second app in the session',
    arrange: besideAnotherApp(unchanged),
    result: 'token ended logout-response',
    truths: over,
  },
  {
    name: 'the same, no refresh token',
    arrange: besideAnotherApp(withoutRefreshToken),
    result: 'hint ended token-check',
    truths: over,
  },
  {
    name: 'the same, refresh token revoked earlier',
    arrange: besideAnotherApp(unchanged, true),
    result: 'token ended logout-response',
    truths: over,
  },
];

const table: string[] = [];
after(() => {
  console.log(['', ...table].join('\n'));
});

inEachEngine(
  'what the tokens are worth',
  (stage) => {
    let group = '';
    for (const { name, arrange, result, truths } of cells) {
      group = name.startsWith('the same') ? group : name;
      const title = group === name ? name : `${group}; ${name}`;
      it(`${title}: ${result}`, async () => {
        const { engine, scene } = stage;
        await scene.browser.fresh();
        const { user, clientId } = await arrange(scene);
        const heard = await scene.press();
        const { via, providerSession, evidence, error, local } = heard.detail;
        const left = await scene.storedUser(clientId);
        const mishaps = await scene.mishaps();
        const found = await scene.truths(sidOf(user), clientId);
        const said = [via, providerSession, evidence, error?.code].join(' ').trim();
        table.push([engine, title, said, `session ${found.tokensSession}`, `browser ${found.browser}`].join(' | '));
        assert.equal(isLie(heard, found), false, 'it said more than the truth');
        assert.equal(said, result);
        assert.deepEqual(found, truths);
        assert.deepEqual({ local, left, mishaps }, { local: 'wiped', left: null, mishaps: [] });
      });
    }
  },
  { sideBySide: true },
);
