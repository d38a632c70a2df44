// npm run bench:quick: what a logout costs over its two POSTs alone, and what a thousand elements cost over bare Lit buttons.
// The provider's logout endpoint answers 50 ms late. It is the embedded one: the figure is of our own code.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, engines } from '../e2e/support/drivers.ts';
import { HttpBrowser } from '../e2e/support/http-sign-in.ts';
import { Scene, startWorld, type World } from '../e2e/support/scene.ts';

const pairs = 20;
const roundTrip = 50; // ms
const rounds = 10;

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const signIn = async ({ provider, app }: World) => {
  const redirectUri = `${app.origin}/demo/index.html`;
  const { access_token, id_token, refresh_token } = await new HttpBrowser(provider.issuer).signIn({
    clientId: 'Arketype',
    redirectUri,
  });
  return { access_token, id_token, refresh_token, expires_at: Date.now() / 1000 + 300 };
};
type User = Awaited<ReturnType<typeof signIn>>;

/** ms from the click to `arkane-logged-out`. */
const logout = (scene: Scene, user: User) =>
  scene.browser.evaluate(
    async ({ key, user }) => {
      sessionStorage.setItem(key, JSON.stringify(user));
      const element = document.querySelector('arkane-logout')!;
      const started = performance.now();
      const ended = new Promise<number>((resolve, reject) => {
        const hear = ({ detail }: { detail: { evidence: string } }) => {
          if (detail.evidence !== 'logout-response') reject(new Error('The logout was not proved.'));
          resolve(performance.now() - started);
        };
        document.addEventListener('arkane-logged-out', hear, { once: true });
      });
      element.shadowRoot!.querySelector('button')!.click();
      return ended;
    },
    { key: `oidc.user:${scene.world.provider.issuer}:Arketype`, user },
  );

/** ms for the same two requests alone. */
const post = (scene: Scene, user: User) =>
  scene.browser.evaluate(
    async ({ endpoint, user }) => {
      const started = performance.now();
      const { id_token: id_token_hint, refresh_token } = user;
      for (let time = 0; time < 2; time++) {
        const body = new URLSearchParams({ client_id: 'Arketype', id_token_hint, refresh_token });
        await fetch(endpoint, { method: 'POST', body, credentials: 'omit', keepalive: true });
      }
      return performance.now() - started;
    },
    { endpoint: `${scene.world.provider.issuer}/protocol/openid-connect/logout`, user },
  );

const benchLogout = async (scene: Scene) => {
  const ours: number[] = [];
  const bare: number[] = [];
  await scene.visit();
  for (let pair = -2; pair < pairs; pair++) {
    const [one, other] = [await signIn(scene.world), await signIn(scene.world)];
    // In turns first and second, because the second of a pair finds a warm connection.
    const figures =
      pair % 2
        ? [await logout(scene, one), await post(scene, other)]
        : [await post(scene, other), await logout(scene, one)].reverse();
    if (pair < 0) continue; // warming up
    ours.push(figures[0]!);
    bare.push(figures[1]!);
  }
  return { ours: median(ours), bare: median(bare) };
};

const connect = (scene: Scene, name: string, count: number) =>
  scene.browser.evaluate(
    ({ name, count }) =>
      (window as unknown as { connect(name: string, count: number): Promise<number> }).connect(name, count),
    { name, count },
  );

const benchElements = async (scene: Scene, count: number) => {
  await scene.browser.goto(`${scene.world.app.origin}/bench/elements.html`);
  await scene.browser.until(() => scene.browser.evaluate(() => 'connect' in window), 'the bench page');
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const [one, other] = [await connect(scene, 'arkane-logout', count), await connect(scene, 'bare-button', count)];
    if (round < 0) continue;
    ours.push(one);
    bare.push(other);
  }
  return { ours: median(ours), bare: median(bare) };
};

const row = (engine: Engine, what: string, { ours, bare }: { ours: number; bare: number }, against: string) => {
  const over = (ours - bare).toFixed(1);
  console.log(
    `${engine.padEnd(9)} ${what.padEnd(26)} ${ours.toFixed(1)} ms; ${against} ${bare.toFixed(1)} ms; ${(ours / bare).toFixed(2)} ×, ${over} ms over it`,
  );
};

delete process.env.KEYCLOAK;
const world = await startWorld({
  front: async ({ url }) => {
    if (url?.endsWith('/logout')) await sleep(roundTrip);
    return false;
  },
});
console.log(
  `medians of ${pairs} pairs at ${roundTrip} ms added to each round trip, and of ${rounds} rounds of elements`,
);
for (const engine of engines) {
  const scene = await Scene.open(engine, world);
  row(engine, 'click → arkane-logged-out', await benchLogout(scene), 'two bare POSTs');
  for (const count of [1000, 10_000])
    row(engine, `${count} elements`, await benchElements(scene, count), 'bare Lit buttons');
  await scene.browser.close();
}
await world.stop();
