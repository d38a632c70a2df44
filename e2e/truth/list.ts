/** The cells of the matrix: cells.txt, read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../support/drivers.ts';
import type { WorldOptions } from '../support/scene.ts';

export interface Cell {
  provider: string;
  scheme: string;
  mode: string;
  /** Which attributes there are beyond `window-mode`. */
  way: string;
  /** See ../support/situations.ts. */
  situation: string;
  /** What the user says, where somebody asks. */
  answer: string;
  engine: EngineName;
  /** What the result is to say: via, providerSession, evidence, the error's code. */
  says: string;
  /** What is to be true then: of the tokens' session, and of the browser's. */
  truly: string;
}

export const engineNames = ['Chromium', 'Firefox', 'WebKitGTK', 'WebKitGTK, ITP'] as const;
export type EngineName = (typeof engineNames)[number];

/** By the letters in the list. */
const letters: Record<string, EngineName> = { C: 'Chromium', F: 'Firefox', W: 'WebKitGTK', I: 'WebKitGTK, ITP' };

export const driverOf: Record<EngineName, { engine: Engine; itp?: boolean }> = {
  Chromium: { engine: 'chromium' },
  Firefox: { engine: 'firefox' },
  WebKitGTK: { engine: 'webkit' },
  'WebKitGTK, ITP': { engine: 'webkit', itp: true },
};

export const worldOf: Record<string, WorldOptions> = {
  keycloak: { real: true, rotates: true },
  'embedded keycloak': { real: false },
  generic: { profile: 'generic' },
  'generic, asks nobody': { profile: 'generic', asks: false },
  'generic, default_max_age 1': { profile: 'generic', defaultMaxAge: 1 },
};

export const attributesOf = ({ mode, way }: Cell, origin: string): Record<string, string> => ({
  'window-mode': mode,
  ...(way !== 'plain' && { 'callback-uri': `${origin}/demo/callback.html` }),
  ...(way === 'verify' && { verify: '' }),
});

type Columns = [string, string, string, string, string, string, string, string, string];

export const cells: Cell[] = readFileSync(join(import.meta.dirname, 'cells.txt'), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .flatMap((line) => {
    const columns = line.split(/\s{2,}/);
    if (columns.length !== 9) throw new Error(`cells.txt: not nine columns: ${line}`);
    const [provider, scheme, mode, way, situation, answer, engines, says, truly] = columns.map(String) as Columns;
    return Array.from(engines, (letter) => {
      const engine = letters[letter];
      if (!engine) throw new Error(`cells.txt: no such engine: ${letter}`);
      return { provider, scheme, mode, way, situation, answer, engine, says, truly };
    });
  });

export const titleOf = ({ provider, scheme, mode, way, situation, answer }: Cell): string =>
  [provider, scheme, mode, way, situation, ...(answer === '–' ? [] : [`the user: ${answer}`])].join(' | ');
