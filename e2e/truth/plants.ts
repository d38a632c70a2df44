/** Bugs that the matrix must notice: planted into the modules on their way to the browser, each in a copy of its own. */
import type { Cell } from './list.ts';

export interface Plant {
  name: string;
  /** Below src/. */
  file: string;
  changes: [from: string, to: string][];
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

/** Done with the tokens as the background begins. */
const inBackground = (name: string, code: string, found: string, where = byToken): Plant => ({
  name,
  file: 'core/strategies.ts',
  changes: [['  let outcome: Outcome | undefined;\n', `  ${code}\n  let outcome: Outcome | undefined;\n`]],
  cell: where,
  found: new RegExp(`^leak: ${found}$`),
});

export const plants: Plant[] = [
  {
    name: 'any 204 is a proof',
    file: 'core/strategies.ts',
    changes: [["claimsOf(refreshToken)?.typ === 'Refresh' &&", "refreshToken !== '' ||"]],
    cell: cell('embedded keycloak', 'POPUP', 'plain', 'offline token revoked earlier; ID token lost'),
    found: /^lie: ended by logout-response/,
  },
  {
    name: 'the second token check is not looked at, and the hint not sent',
    file: 'core/strategies.ts',
    changes: [
      [
        '  await post(endpoints.endSession, parametersOf(request, tokens), signal, { credentials }).catch(() => undefined);\n',
        '',
      ],
      ["if (known && (await check(request, tokens, endpoints, signal)) === 'gone')", 'if (known)'],
    ],
    cell: byHint,
    found: /^lie: ended by token-check/,
  },
  {
    name: 'every answer to the session check is taken for "login_required"',
    file: 'callback.ts',
    changes: [["if (error === 'login_required') return 'ended';", "return 'ended';"]],
    cell: byWindow('no'),
    found: /^lie: ended by session-check/,
  },
  {
    name: 'the session check asks without a large max_age',
    file: 'core/window.ts',
    changes: [["max_age: '31536000',", '']],
    cell: cell('generic, default_max_age 1', 'POPUP', 'verify', 'all tokens', 'no'),
    found: /^lie: ended by session-check/,
  },
  {
    name: 'a refresh token in the URL of the window',
    file: 'core/strategies.ts',
    changes: [['...params,\n', '...params,\n  ...(tokens?.refreshToken && { token: tokens.refreshToken }),\n']],
    cell: byWindow('yes'),
    found: /^leak: a request$/,
  },
  {
    name: 'a window’s outcome is told again, somewhat later',
    file: 'core/logout.ts',
    changes: [
      [
        'else tell(state, result, dispatch);',
        'else { tell(state, result, dispatch); setTimeout(tell, 300, state, result, dispatch); }',
      ],
    ],
    cell: byWindow('yes'),
    found: /^events: .*; .*; /,
  },
  {
    name: 'the callback page tells the code',
    file: 'callback.ts',
    changes: [
      ['channel.postMessage({ state, answer });', "channel.postMessage({ state, answer, code: query.get('code') });"],
    ],
    cell: byWindow('no'),
    found: /^leak: channel: code$/,
  },
  {
    name: 'a return is taken for a proof',
    file: 'core/result.ts',
    changes: [["providerSession: answer, evidence: 'return' }", "providerSession: 'ended', evidence: 'return' }"]],
    cell: byRedirect,
    found: /^lie: ended by return/,
  },
  {
    name: 'an end is told as "a session is left"',
    file: 'callback.ts',
    changes: [["if (error === 'login_required') return 'ended';", "if (error === 'login_required') return 'alive';"]],
    cell: byWindow('yes'),
    found: /^lie: alive, and both are over/,
  },
  {
    name: 'an error quotes a token',
    file: 'core/strategies.ts',
    changes: [['throw unproved(previous);', "throw new LogoutError('unproved', `No proof for ${tokens.idToken}.`);"]],
    cell: cell('embedded keycloak', 'POPUP', 'plain', 'dead session; no refresh token'),
    found: /^leak: event$/,
  },
  inBackground('a token on the console', 'console.debug({ tokens });', 'console'),
  inBackground('a token in the DOM', 'document.body.dataset.hint = tokens.idToken!;', 'DOM'),
  inBackground(
    'a token in a shadow root',
    "document.querySelector('arkane-logout')!.shadowRoot!.append(tokens.refreshToken!);",
    'DOM',
  ),
  inBackground('a token in our URL', "history.replaceState(null, '', `?hint=${tokens.idToken}`);", 'location'),
  inBackground("a token in the history's state", "history.pushState({ tokens }, '');", 'history'),
  inBackground(
    'a token in a cookie',
    "document.cookie = `hint=${claimsOf(tokens.idToken) && tokens.idToken!.split('.')[2]}`;",
    'cookies',
  ),
  inBackground('a token in storage', "sessionStorage.setItem('hint', JSON.stringify(tokens));", 'storage'),
  inBackground('a token in storage, past setItem()', 'localStorage.hint = tokens.accessToken;', 'storage'),
  inBackground('a token over a channel', "new BroadcastChannel('hint').postMessage(tokens);", 'channel'),
  inBackground('a token by postMessage', "postMessage(tokens, '*');", 'channel'),
  inBackground(
    'a token in a URL that is fetched',
    'await fetch(`/demo/?hint=${tokens.idToken}`);',
    'a URL that is fetched',
  ),
  inBackground(
    'a token to another origin',
    "await fetch('http://127.0.0.1:1/', { method: 'POST', mode: 'no-cors', body: tokens.refreshToken! }).catch(() => undefined);",
    'a request to another origin',
  ),
  inBackground(
    'a token in a request to our server',
    "document.createElement('img').src = `/demo/?hint=${tokens.idToken}`;",
    'a request',
  ),
  {
    name: 'the next page is told where the last one was, and a token with it',
    file: 'core/strategies.ts',
    changes: [
      [
        '  const [trip, parameters] =',
        "  history.replaceState(null, '', `?hint=${tokens?.idToken}`);\n  document.head.append(Object.assign(document.createElement('meta'), { name: 'referrer', content: 'unsafe-url' }));\n  const [trip, parameters] =",
      ],
    ],
    cell: byRedirect,
    found: /^leak: referrer$/,
  },
  {
    name: 'nobody is told',
    file: 'core/events.ts',
    changes: [['  dispatch(new ArkaneLoggedOutEvent(result));', '']],
    cell: byToken,
    found: /^events: none/,
  },
  {
    name: 'everybody is told twice',
    file: 'core/events.ts',
    changes: [
      [
        '  dispatch(new ArkaneLoggedOutEvent(result));',
        '  dispatch(new ArkaneLoggedOutEvent(result));\n  dispatch(new ArkaneLoggedOutEvent(result));',
      ],
    ],
    cell: byToken,
    found: /^events: .*; /,
  },
  {
    name: 'a window’s outcome is not told',
    file: 'core/logout.ts',
    changes: [['else tell(state, result, dispatch);', '']],
    cell: byWindow('yes'),
    found: /^events: /,
  },
  {
    name: 'the store is not emptied',
    file: 'core/finish.ts',
    changes: [
      ['    await orAborted(store.clear(), signal);\n', ''],
      ['if (left.every(isEmpty))', 'if (left.every(Boolean))'],
    ],
    cell: byToken,
    found: /^tokens are left$/,
  },
  {
    name: 'a rejection that nobody handles',
    file: 'core/finish.ts',
    changes: [['  mark();\n', "  mark();\n  void Promise.reject(new Error('planted'));\n"]],
    cell: byToken,
    found: /^unhandled: Error: planted/,
  },
];
