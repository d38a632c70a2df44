import { after, before, describe } from 'node:test';
import { type Engine, engines, type OpenOptions } from './drivers.ts';
import { Scene, startWorld, type World, type WorldOptions } from './scene.ts';

/** What the tests of a group work with. Read in a test or a hook: it is there from the group's `before` on. */
export interface Stage {
  engine: Engine;
  readonly world: World;
  readonly scene: Scene;
}

type Options = WorldOptions & {
  browser?: OpenOptions;
  /** All engines at once: for long files in which nothing depends on being fast. */
  sideBySide?: boolean;
  /** In one engine only: for what happens between the code and the provider, and is played in all of them elsewhere. */
  inOneEngine?: boolean;
};

/** The same tests in every engine that is here, each in a browser of its own, at an app and a provider of its own. */
export function inEachEngine(
  title: string,
  define: (stage: Stage) => void,
  { browser, sideBySide = false, inOneEngine = false, ...options }: Options = {},
): void {
  describe(title, { concurrency: sideBySide }, () => {
    // MiniBrowser has no pop-up blocker that could be on: then it opens no window at all.
    const wanted = engines.filter((engine) => engine !== 'webkit' || !browser?.popupBlocker);
    for (const engine of inOneEngine ? wanted.slice(0, 1) : wanted)
      describe(engine, { concurrency: 1 }, () => {
        const stage = { engine } as { engine: Engine; world: World; scene: Scene };
        before(async () => {
          stage.world = await startWorld(options);
          stage.scene = await Scene.open(engine, stage.world, browser);
        });
        after(async () => {
          await stage.scene.browser.close();
          await stage.world.stop();
        });
        define(stage);
      });
  });
}
