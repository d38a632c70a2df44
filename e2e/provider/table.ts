import type { Observation } from './observe.ts';

/** Side by side, a line for each scene and provider; the second is only spelt out where it differs. */
export function table(lanes: string[], seen: Record<string, Record<string, Observation>>): string {
  const rows = Object.entries(seen).flatMap(([scene, byLane]) =>
    lanes.map((lane, index) => {
      const line = cells(byLane[lane]);
      const first = cells(byLane[lanes[0] ?? '']);
      const same = index > 0 && line.join() === first.join();
      return [index === 0 ? scene : '', lane, ...(same ? ['the same'] : line)];
    }),
  );
  const lines = [['request', 'provider', 'answer', 'userinfo after', 'session', 'browser'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells(observation: Observation | undefined): string[] {
  if (!observation) return ['–'];
  const { answer, userinfo, session, browser } = observation;
  return [answer, userinfo, session, browser];
}
