/**
 * The embedded provider answers as Keycloak does. Each scene is played at the embedded provider, and with `KEYCLOAK=1`
 * at the real one too; both are held to what was measured at Keycloak 26.7.3 (the file of that name).
 */
import { deepEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startEmbedded } from '../support/embedded.ts';
import { startKeycloak } from '../support/keycloak.ts';
import type { ProviderUnderTest } from '../support/provider.ts';
import { observe, type Observation } from './observe.ts';
import { scenes } from './scenes/index.ts';
import { table } from './table.ts';

const measured = await readFile(join(import.meta.dirname, 'keycloak-26.7.3.json'), 'utf8');
const expectations = JSON.parse(measured) as Record<string, Observation>;
const app = 'http://app.localhost:4300';
const appOrigins = [app];
const lanes: [string, () => Promise<ProviderUnderTest>][] = [['embedded', () => startEmbedded({ appOrigins })]];
if (process.env.KEYCLOAK === '1') lanes.push(['keycloak', () => startKeycloak({ appOrigins, realm: 'Arkane' })]);
const seen: Record<string, Record<string, Observation>> = {};

test('every expectation has its scene', () => {
  deepEqual(Object.keys(expectations).toSorted(), scenes.map(({ name }) => name).toSorted());
});

for (const [lane, start] of lanes) {
  describe(`answers of the provider (${lane})`, () => {
    let provider: ProviderUnderTest;
    before(async () => {
      provider = await start();
    });
    after(() => provider.stop());
    for (const scene of scenes) {
      test(scene.name, async () => {
        const observation = await observe(scene, provider, app);
        seen[scene.name] = { ...seen[scene.name], [lane]: observation };
        deepEqual(observation, expectations[scene.name]);
      });
    }
  });
}

after(() => {
  console.log(
    table(
      lanes.map(([lane]) => lane),
      seen,
    ),
  );
});
