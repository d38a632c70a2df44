/** The tables of docs/truth.md. */
import type { Cell } from './list.ts';
import type { Truth } from './oracle.ts';
import type { CellLine, FaultLine } from './record.ts';

const row = (...columns: (string | number)[]) => `| ${columns.join(' | ')} |`;
const table = (head: string[], rows: (string | number)[][]) =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((columns) => row(...columns))].join('\n');
export const count = <T>(list: T[], isOne: (item: T) => boolean) => list.filter(isOne).length;

const shown: Record<string, string> = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKitGTK' };

/** Those that agree in everything but the engine stand in one row. */
const byRow = <T extends { engine: string }>(lines: T[], keyOf: (line: T) => string): [T, string][] =>
  [...Map.groupBy(lines, keyOf).values()].map((group) => {
    const engines = group.map(({ engine }) => engine);
    return [group[0]!, engines.map((name) => shown[name] ?? name).join('; ')];
  });

const truthOf = ({ tokensSession, offline, browser, promptNone, cookie, sameClient }: Truth) => [
  tokensSession + (offline ? `; offline: ${offline}` : ''),
  browser,
  `${promptNone}, cookie ${cookie}, same client ${sameClient}`,
];

export const cellsTable = (lines: CellLine[]) =>
  table(
    [
      'provider',
      '',
      'mode',
      'with',
      'what it found',
      'the user',
      'it said',
      'tokens’ session',
      'browser’s session',
      'by',
      'browsers',
    ],
    byRow(lines, (line) => JSON.stringify([rowOf(line), line.said, line.truth, line.problems])).map(
      ([{ provider, scheme, mode, way, situation, answer, said, truth, problems }, engines]) => [
        provider,
        scheme,
        mode,
        way === 'plain' ? '' : way,
        situation,
        answer,
        [`\`${said}\``, ...problems.map((problem) => `**${problem}**`)].join('; '),
        ...truthOf(truth),
        engines,
      ],
    ),
  );

/** What each strategy could have said, and did not. */
export const modesty = (lines: CellLine[]) => {
  const ways = ['token', 'hint', 'window', 'redirect', 'none'];
  return table(
    ['the last word had', 'logouts', 'it said `ended`', 'both sessions were over, and it did not say so', 'why'],
    ways
      .map((via) => {
        const mine = lines.filter(({ said }) => said.startsWith(`${via} `));
        const modest = mine.filter(({ more }) => more);
        const reasons = Map.groupBy(modest, ({ said, situation }) =>
          said.includes(' returned ') ? 'only `verify` can prove it' : situation.replace(/; .*/, ''),
        );
        const why = [...reasons].map(([reason, group]) => `${reason} (${group.length})`).join('; ');
        return [
          `\`${via}\``,
          mine.length,
          count(mine, ({ said }) => said.includes(' ended ')),
          modest.length,
          why || '–',
        ];
      })
      .filter(([, number]) => number !== 0),
  );
};

export const faultsTable = (faults: FaultLine[]) =>
  table(
    ['fault', 'mode', 'it said', 'browsers'],
    byRow(faults, ({ fault, mode, said }) => JSON.stringify([fault, mode, said])).map(
      ([{ fault, mode, said }, engines]) => [fault, mode, said.map((each) => `\`${each}\``).join(', then '), engines],
    ),
  );

/** All of it but the engine. */
export const rowOf = ({ provider, scheme, mode, way, situation, answer }: Cell) =>
  JSON.stringify([provider, scheme, mode, way, situation, answer]);
