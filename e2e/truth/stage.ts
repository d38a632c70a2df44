/** Where a cell is played: a world whose pages are watched, and whose servers are. */
import type { Front } from '../support/proxy.ts';
import { startWorld, type World, type WorldOptions } from '../support/scene.ts';
import { type Cell, worldOf } from './list.ts';

export interface Stage {
  world: World;
  /**
   * What servers see: each request to the app, with its headers; where one to the provider came from and went to, without
   * the ID token that is there as a hint.
   */
  log: string[];
  /** Looks at what browsers ask of the provider from now on. */
  meet: (front: Front | undefined) => void;
}

export async function setStage({ provider, scheme }: Cell, alter?: WorldOptions['alter']): Promise<Stage> {
  const log: string[] = [];
  let met: Front | undefined;
  const world = await startWorld({
    ...worldOf[provider],
    https: scheme === 'https',
    firstScript: '/e2e/pages/witness.ts',
    alter,
    watch: ({ url, rawHeaders }) => log.push([url, ...rawHeaders].join(' ')),
    async front(request, response) {
      const { url = '', headers } = request;
      log.push(url.replace(/id_token_hint=[^&]*/, ''));
      // Its own pages' URLs are its own business: a hint is in them.
      const from = headers.referer ?? 'about:blank';
      if (new URL(from).host !== headers.host) log.push(from);
      return (await met?.(request, response)) ?? false;
    },
  });
  return {
    world,
    log,
    meet(front) {
      met = front;
    },
  };
}
