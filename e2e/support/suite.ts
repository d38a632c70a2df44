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
};

/** The same tests in every engine that is here, each in a browser of its own, at one app and one provider. */
export function inEachEngine(
  title: string,
  define: (stage: Stage) => void,
  { browser, sideBySide = false, ...options }: Options = {},
): void {
  describe(title, { concurrency: sideBySide }, () => {
    const shared = {} as { world: World };
    before(async () => (shared.world = await startWorld(options)));
    after(() => shared.world.stop());
    // MiniBrowser has no pop-up blocker that could be on: then it opens no window at all.
    for (const engine of engines.filter((engine) => engine !== 'webkit' || !browser?.popupBlocker))
      describe(engine, { concurrency: 1 }, () => {
        const stage = { engine } as { engine: Engine; world: World; scene: Scene };
        before(async () => {
          stage.world = shared.world;
          stage.scene = await Scene.open(engine, shared.world, browser);
        });
        after(() => stage.scene.browser.close());
        define(stage);
      });
  });
}
