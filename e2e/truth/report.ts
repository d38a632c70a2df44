/** docs/truth.md, made of what a run of the matrix has found. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { version as keycloak } from '../support/keycloak-distribution.ts';
import { engines } from '../support/drivers.ts';
import { type Cell, cells, driverOf, titleOf } from './list.ts';
import type { Line } from './record.ts';
import { cellsTable, count, faultsTable, modesty, rowOf } from './tables.ts';

const page = join(import.meta.dirname, '../../docs/truth.md');
const read = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(join(import.meta.dirname, path), 'utf8'));

const nameMissing = (cell: Cell) => {
  const why = engines.includes(driverOf[cell.engine].engine) ? 'it broke off' : 'that browser is not here';
  return `${cell.engine}, ${titleOf(cell)} (${why})`;
};

interface Run {
  minutes: number;
  /** Every test of it. */
  isGreen: boolean;
}

/** Writes the page. Resolves to whether nothing is wrong and nothing is missing. */
export async function writeReport(results: string, { minutes, isGreen }: Run): Promise<boolean> {
  const lines = (await readFile(results, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const faults = lines.filter((line) => line.kind === 'fault');
  const keyOf = (cell: Cell) => cell.engine + rowOf(cell);
  const byKey = new Map(lines.filter((line) => line.kind === 'cell').map((line) => [keyOf(line), line]));
  const played = cells.map((cell) => byKey.get(keyOf(cell))).filter((line) => line !== undefined);
  const missing = cells.filter((cell) => !byKey.has(keyOf(cell)));
  const problems = played.flatMap((line) => line.problems);
  const lies = count(problems, (problem) => problem.startsWith('lie: '));
  const leaks = count(problems, (problem) => problem.startsWith('leak: '));
  const events = count(problems, (problem) => problem.startsWith('events: '));
  const others = problems.length - lies - leaks - events;
  const isWell = isGreen && problems.length === 0 && missing.length === 0;
  const real = count(played, ({ provider }) => provider === 'keycloak');
  const saidEnded = played.filter(({ said, truth }) => said.includes(' ended ') && truth.browser === 'alive');
  const elsewhere = count(saidEnded, ({ situation }) => situation.includes('the browser in another'));
  const claims = count(played, ({ said }) => / (ended|alive) /.test(said));
  const onlyBrowser = count(
    played,
    ({ said, truth }) => said.includes(' ended session-check') && truth.tokensSession !== 'over',
  );
  const browsers = [...new Set(played.map(({ version }) => version))].toSorted();
  const { version: oidcProvider } = (await read('../../node_modules/oidc-provider/package.json')) as {
    version: string;
  };
  const { version } = (await read('../../package.json')) as { version: string };

  const text = `<!-- npm run truth writes this file; e2e/truth/report.ts is where to change it. -->

# Does it tell the truth?

A logout that says "logged out" while the session lives is worse than none: the next person at that computer is signed in
with one click. So what \`<arkane-logout>\` says is checked here against those who know: the provider's own store, and the
browser itself.

${isWell ? '' : '**This run failed; what follows is what it found until then.**\n'}
**${played.length} logouts in real browsers, ${real} of them at a real Keycloak: ${lies} lies, ${leaks} leaked tokens, ${events} events missing
or doubled, ${others} other problems.** ${claims} of them made a claim that can be false (\`ended\`, \`alive\`); the others
claimed nothing of a session.

${faults.length} more at a provider that fails: the page was told once of each, with the tokens wiped and sent nowhere else.
${missing.length === 0 ? 'No cell of the list was skipped.' : `Without a verdict: ${missing.map(nameMissing).join('; ')}.`}

"Ended" is a word about one session. In ${saidEnded.length} of these logouts it was said, rightly, and the browser was still signed in
afterwards: in ${elsewhere} because it had gone into another session before, in ${saidEnded.length - elsewhere} because another app kept the session
that this one was taken out of. Only \`session-check\` speaks of the browser; in ${onlyBrowser} it was over there, and the session of the
tokens lived on elsewhere. Where people share a computer, \`session-check\` is what to wait for.

- When: ${new Date().toISOString().slice(0, 10)}, ${minutes.toFixed(0)} minutes, arkane-logout ${version}.
- Providers: Keycloak ${keycloak}, a real one; oidc-provider ${oidcProvider}, a real one too, as it comes (\`generic\`), and
  made to behave as Keycloak does (\`embedded keycloak\`).
- Browsers: ${browsers.join(', ')}. WebKitGTK is not Safari; with ITP (Intelligent Tracking Prevention) it is closer.
- To play it again: \`npm run truth\`. [How it is done](../e2e/truth/README.md).

## What each answer claims, and how it is checked

| it said | it claims | a lie, if |
| --- | --- | --- |
| \`ended\` by \`logout-response\` | the session that the tokens are of is over | the provider still has that session, signs the browser in by it, or its refresh token still gets new tokens |
| \`ended\` by \`token-check\` | the provider no longer knows this app in that session | the session lives, with this app in it |
| \`ended\` by \`session-check\` | the provider would not sign this user in without asking | it does: the same app asks again, without the library |
| \`alive\` | a session is left | both are over |
| \`returned\` | the provider sent the browser back; nothing of a session | – |
| \`unknown\` | nothing | – |

What is true is found out without the library. *Tokens' session*: Keycloak's admin API, and whether the refresh token still
works; the other provider's own memory. *Browser's session*: a second, plain app asks with \`prompt=none\`, and the session
cookie is looked up in the provider's store.

An \`ended\` speaks of what its evidence speaks of. By \`logout-response\` or \`token-check\` it is the session of the tokens: if the
browser is in another one by then (rows "the browser in another …"), that one lives on, and should.

## How much more it could have said

To claim nothing is always safe. This is how often a result was more modest than the truth:

${modesty(played)}

Each of these was looked at, and stays as it is:

- *An access token that has expired, or expires meanwhile*: the provider refuses it whether or not the session lives.
- *A session that was dead before*, and a token that was revoked earlier: Keycloak says the same of an app that was taken out of
  a session that lives. Only a change from "known" to "not known" shows that this logout has ended something.
- *A web origin that is not registered*: the browser lets the page read no answer. Registering it is the mend.
- *A return without \`verify\`*, and a window that the user closed: whoever wants a proof there sets \`verify\`.

## What no result can promise

- **Keycloak can forget that it has ended a session** ([keycloak/keycloak#51127](https://github.com/keycloak/keycloak/issues/51127),
  open when this was written): a request that reads the session at that moment can bring it back, and only the provider can mend
  that. Keycloak is asked twice, which makes it rare: [decision 0008](decisions/0008-asked-twice.md) has the figures. The row
  "the app's own requests on their way" is of this kind.
- If the page itself revokes its refresh token while it logs out, and another app is in the session, Keycloak takes this app
  out of it and keeps the session for the other. The token check then says \`ended\`, which is true of this app, not of the other.
- Apps that learn of a logout only through a frame in the browser are not told by a background logout.

## Every logout

A result has four parts: the way that had the last word (\`token\`: the refresh token was sent; \`hint\`: the ID token;
\`window\` and \`redirect\`: the user's browser went there), what it says, by what evidence, and the reason where it says nothing.
\`hint unknown none unproved\`: the ID token was sent, and nothing could be proved. "the user" is what the user answered to the
provider's own question.

${cellsTable(played)}
${faults.length > 0 ? `\n## A provider that fails\n\n${faultsTable(faults)}\n` : ''}`;
  await writeFile(page, await format(text, { parser: 'markdown', printWidth: 120, singleQuote: true }));
  return isWell;
}
