import type Provider from 'oidc-provider';
import { passwordIsRight } from './accounts.ts';
import { readForm, type Context } from './http.ts';
import { answerErrorPage, answerSignInPage } from './pages.ts';

/** The page where a person signs in; oidc-provider goes on from its answer. */
export async function signInPage(ctx: Context, provider: Provider): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  // Throws without the interaction's cookie: an old tab, or a link that somebody sent.
  const interaction = await provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined);
  if (!interaction) {
    answerErrorPage(ctx, 'This sign-in has expired. Go back to the application and start again.');
    return;
  }
  if (ctx.method !== 'POST') {
    answerSignInPage(ctx);
    return;
  }
  const { username = '', password = '' } = await readForm(ctx);
  if (!passwordIsRight(username, password)) {
    answerSignInPage(ctx, { username, failed: true });
    return;
  }
  const next = await provider.interactionResult(ctx.req, ctx.res, { login: { accountId: username } });
  ctx.status = 302;
  ctx.set('Location', next);
  ctx.body = '';
}
