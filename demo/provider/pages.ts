import { createHash } from 'node:crypto';
import type { Context } from './http.ts';

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#eef1f6, #14171d); }
main { box-sizing: border-box; width: min(24rem, 100%); padding: 2rem; border-radius: .75rem;
  background: light-dark(#fff, #20252e); box-shadow: 0 1px 8px rgb(0 0 0 / .12); }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.2; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: .5rem .75rem; font: inherit; border: 1px solid #8a93a3; border-radius: .4rem; }
button { width: 100%; margin-top: 1.5rem; padding: .6rem; font: inherit; font-weight: 600; color: #fff; background: #2b50c8;
  border: 1px solid #2b50c8; border-radius: .4rem; cursor: pointer; }
button.second { margin-top: .75rem; color: inherit; background: none; border-color: #8a93a3; }
[role=alert] { padding: .5rem .75rem; border-left: .25rem solid #c9372c; background: light-dark(#fdeceb, #3b1f1d); }
footer { margin-top: 1.5rem; font-size: .875rem; color: light-dark(#5b6472, #a5afbf); }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** No script runs on these pages. No `form-action`: it would stop the redirect back to the app after a sign-in. */
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'self'; base-uri 'none'`;

function answerPage(ctx: Context, status: number, title: string, content: string): void {
  ctx.status = status;
  ctx.type = 'text/html;charset=utf-8';
  ctx.set('Content-Security-Policy', policy);
  ctx.set('X-Frame-Options', 'SAMEORIGIN');
  ctx.set('Referrer-Policy', 'no-referrer');
  ctx.body = `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
<main>
<h1 id="kc-page-title">${title}</h1>
${content}
<footer>A demo provider: it keeps nothing and protects nothing.</footer>
</main>
</html>`;
}

/** Field and button ids are those of Keycloak's page, so that one driver signs in at both. */
export function answerSignInPage(ctx: Context, { username = '', failed = false } = {}): void {
  const message = failed ? '<p role="alert" id="input-error">Invalid username or password.</p>' : '';
  const content = `${message}
<form id="kc-form-login" method="post" action="">
<label for="username">Username</label>
<input id="username" name="username" value="${escape(username)}" autocomplete="username" autofocus required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button id="kc-login">Sign In</button>
</form>
<p>Users: alice and bob. Each one’s password is the name.</p>`;
  answerPage(ctx, 200, 'Sign in to Arkane', content);
}

export function answerConfirmation(ctx: Context, action: string, code: string): void {
  const content = `<p>Do you want to log out?</p>
<form id="kc-logout-confirm" method="post" action="${escape(action)}">
<input type="hidden" name="session_code" value="${escape(code)}">
<button id="kc-logout" name="confirmLogout" value="Logout">Logout</button>
</form>`;
  answerPage(ctx, 200, 'Logging out', content);
}

export function answerLoggedOutPage(ctx: Context): void {
  answerPage(ctx, 200, 'You are logged out', '');
}

/**
 * Before a session ends at an oidc-provider. `form` is its own; as on its default page the answer is `logout`, or
 * nothing. Without that page's inline script and style.
 */
export function answerSignOutPage(ctx: Context, form: string): void {
  const content = `${form}
<button form="op.logoutForm" name="logout" value="yes" autofocus>Yes, sign me out</button>
<button form="op.logoutForm" class="second">No, stay signed in</button>`;
  answerPage(ctx, 200, 'Do you want to sign out?', content);
}

const submit =
  "document.forms[0].append(Object.assign(document.createElement('input'), { name: 'logout', value: 'yes' })); document.forms[0].submit();";
const submitHash = createHash('sha256').update(submit).digest('base64');

/** The same for providers that ask nobody: the page answers for the user. */
export function answerSelfSubmittingPage(ctx: Context, form: string): void {
  answerPage(ctx, 200, 'Signing out', `${form}<script>${submit}</script>`);
  ctx.set('Content-Security-Policy', `${policy}; script-src 'sha256-${submitHash}'`);
}

/** Afterwards, whatever the answer was, when there is no page to go back to. */
export function answerSignedOutPage(ctx: Context): void {
  const client = ctx.oidc.client?.clientId;
  const display = client ? ` from ${escape(client)}` : '';
  answerPage(ctx, 200, 'Sign-out Success', `<p>Your sign-out${display} was successful.</p>`);
}

export function answerErrorPage(ctx: Context, message: string, status = 400): void {
  answerPage(ctx, status, 'We are sorry...', `<p role="alert">${escape(message)}</p>`);
}

function escape(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
