/** Where a cell is played: a world whose pages are watched, and whose servers are. */
import type { IncomingMessage } from 'node:http';
import type { Front } from '../support/proxy.ts';
import { startWorld, type World, type WorldOptions } from '../support/scene.ts';
import { type Cell, worldOf } from './list.ts';

export interface Stage {
  world: World;
  /** Where each request to the app came from and went to, and its cookies; and from where else one came to the provider. */
  log: string[];
  /** Looks at what browsers ask of the provider from now on. */
  meet: (front: Front | undefined) => void;
}

export async function setStage({ provider, scheme }: Cell, alter?: WorldOptions['alter']): Promise<Stage> {
  const log: string[] = [];
  let met: Front | undefined;
  const from = ({ headers }: IncomingMessage) => headers.referer ?? '';
  const world = await startWorld({
    ...worldOf[provider],
    https: scheme === 'https',
    firstScript: '/e2e/pages/witness.ts',
    alter,
    watch: (request) => log.push(`${from(request)} ${request.url ?? ''} ${request.headers.cookie ?? ''}`),
    async front(request, response) {
      // Its own pages' URLs are its own business: a hint is in them.
      if (new URL(from(request) || 'about:blank').host !== request.headers.host) log.push(from(request));
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
