/** Bugs that the matrix must notice: planted into the modules on their way to the browser, each in a copy of its own. */
import type { Cell } from './list.ts';

export interface Plant {
  name: string;
  /** Below src/. */
  file: string;
  changes: Change[];
  cell: Cell;
  /** Among the problems. */
  found: RegExp;
}

const cell = (provider: string, mode: string, way: string, situation: string, answer = '–'): Cell => ({
  provider,
  scheme: 'http',
  mode,
  way,
  situation,
  answer,
  engine: 'Chromium',
  says: '',
  truly: '',
});

const byToken = cell('embedded keycloak', 'POPUP', 'plain', 'all tokens');
const byHint = cell('embedded keycloak', 'POPUP', 'plain', 'all tokens; no refresh token');
const byWindow = (answer: string) => cell('generic', 'POPUP', 'verify', 'all tokens', answer);
const byRedirect = cell('embedded keycloak', 'REDIRECT', 'plain', 'all tokens');

type Change = [from: string, to: string];

const plant = (name: string, file: string, cell: Cell, found: RegExp, ...changes: Change[]): Plant => ({
  name,
  file,
  changes,
  cell,
  found,
});

/** Done with the tokens as the background begins. */
const leak = (name: string, place: string, code: string) =>
  plant(name, 'core/strategies.ts', byToken, new RegExp(`^leak: ${place}$`), [
    '  let outcome: Outcome | undefined;\n',
    `  ${code}\n  let outcome: Outcome | undefined;\n`,
  ]);

const strategies = 'core/strategies.ts';
const isEnded = "if (error === 'login_required') return 'ended';";
const tellDone = '  dispatch(event);\n';
const tellOutcome = 'else tell(state, result, dispatch);';

export const plants: Plant[] = [
  plant(
    'any 204 is a proof',
    strategies,
    cell('embedded keycloak', 'POPUP', 'plain', 'offline token revoked earlier; ID token lost'),
    /^lie: ended by logout-response/,
    ["claimsOf(refreshToken)?.typ === 'Refresh' &&", "refreshToken !== '' ||"],
  ),
  plant(
    'the second token check is not looked at, and the hint not sent',
    strategies,
    byHint,
    /^lie: ended by token-check/,
    [
      'await post(endpoints.endSession, parametersOf(request, tokens), signal, { credentials }).catch(() => undefined);',
      '',
    ],
    ["if (known && (await check(request, tokens, endpoints, signal)) === 'gone')", 'if (known)'],
  ),
  plant(
    'every answer to the session check is taken for "login_required"',
    'callback.ts',
    byWindow('no'),
    /^lie: ended by session-check/,
    [isEnded, "return 'ended';"],
  ),
  plant(
    'the session check asks without a large max_age',
    'core/window.ts',
    cell('generic, default_max_age 1', 'POPUP', 'verify', 'all tokens, two seconds old', 'no'),
    /^lie: ended by session-check/,
    ["max_age: '31536000',", ''],
  ),
  plant('a return is taken for a proof', 'core/result.ts', byRedirect, /^lie: ended by return/, [
    "providerSession: answer, evidence: 'return' }",
    "providerSession: 'ended', evidence: 'return' }",
  ]),
  plant('an end is told as "a session is left"', 'callback.ts', byWindow('yes'), /^lie: alive, and both are over/, [
    isEnded,
    "if (error === 'login_required') return 'alive';",
  ]),

  leak('a token on the console', 'console', 'console.debug({ tokens });'),
  leak('a token in the DOM', 'DOM', 'document.body.dataset.hint = tokens.idToken!;'),
  leak(
    'a token in a shadow root',
    'DOM',
    "document.querySelector('arkane-logout')!.shadowRoot!.append(tokens.refreshToken!);",
  ),
  leak('a token in our URL', 'location', "history.replaceState(null, '', `?hint=${tokens.idToken}`);"),
  leak("a token in the history's state", 'history', "history.pushState({ tokens }, '');"),
  leak('a token in a cookie', 'cookies', "document.cookie = `hint=${tokens.idToken!.split('.')[2]}`;"),
  leak('a token in storage', 'storage', "sessionStorage.setItem('hint', JSON.stringify(tokens));"),
  leak('a token in storage, past setItem()', 'storage', 'localStorage.hint = tokens.accessToken;'),
  leak('a token over a channel', 'channel', "new BroadcastChannel('hint').postMessage(tokens);"),
  leak('a token by postMessage', 'channel', "postMessage(tokens, '*');"),
  leak('a token in a URL that is fetched', 'a URL that is fetched', 'await fetch(`/demo/?hint=${tokens.idToken}`);'),
  leak(
    'a token to another origin',
    'a request to another origin',
    "await fetch('http://127.0.0.1:1/', { method: 'POST', mode: 'no-cors', body: tokens.refreshToken! }).catch(() => undefined);",
  ),
  leak(
    'a token by XMLHttpRequest',
    'XMLHttpRequest',
    "const sent = new XMLHttpRequest(); sent.open('POST', '/demo/'); sent.send(tokens.idToken!);",
  ),
  leak(
    'a token as an image of another origin',
    'a URL that is fetched',
    'new Image().src = `http://127.0.0.1:1/?${tokens.idToken}`;',
  ),
  leak('a token in a request to our server', 'a request', 'new Image().src = `/demo/?hint=${tokens.idToken}`;'),
  plant(
    'an error quotes a token',
    strategies,
    cell('embedded keycloak', 'POPUP', 'plain', 'dead session; no refresh token'),
    /^leak: event$/,
    ['throw unproved(previous);', "throw new LogoutError('unproved', `No proof for ${tokens.idToken}.`);"],
  ),
  plant('a refresh token in the URL of the window', strategies, byWindow('yes'), /^leak: a request$/, [
    '...params,\n',
    '...params,\n  ...(tokens?.refreshToken && { token: tokens.refreshToken }),\n',
  ]),
  plant(
    'the next page is told where the last one was, and a token with it',
    strategies,
    byRedirect,
    /^leak: referrer$/,
    [
      '  const [trip, parameters] =',
      `  history.replaceState(null, '', \`?hint=\${tokens?.idToken}\`);
  document.head.append(Object.assign(document.createElement('meta'), { name: 'referrer', content: 'unsafe-url' }));
  const [trip, parameters] =`,
    ],
  ),
  plant('the callback page tells the code', 'callback.ts', byWindow('no'), /^leak: channel: code$/, [
    'channel.postMessage({ state, answer });',
    "channel.postMessage({ state, answer, code: query.get('code') });",
  ]),

  plant('nobody is told', 'core/tell.ts', byToken, /^events: none/, [tellDone, '']),
  plant('everybody is told twice', 'core/tell.ts', byToken, /^events: .*; /, [
    tellDone,
    '  dispatch(event);\n  dispatch(new ArkaneLoggedOutEvent(result));\n',
  ]),
  plant('a window’s outcome is not told', 'core/logout.ts', byWindow('yes'), /^events: /, [tellOutcome, '']),
  plant('a window’s outcome is told again, somewhat later', 'core/logout.ts', byWindow('yes'), /^events: .*; .*; /, [
    tellOutcome,
    'else { tell(state, result, dispatch); setTimeout(tell, 300, state, result, dispatch); }',
  ]),
  plant(
    'the store is not emptied',
    'core/wipe.ts',
    byToken,
    /^tokens are left$/,
    ['    await orAborted(store.clear(), signal);\n', ''],
    ['.every(isEmpty)', '.every(Boolean)'],
    ['  else watch?.();\n', ''], // it would keep them out
  ),
  plant('a rejection that nobody handles', 'core/wipe.ts', byToken, /^unhandled: Error: planted/, [
    '  mark();\n  state',
    "  mark();\n  void Promise.reject(new Error('planted'));\n  state",
  ]),
];
