import type { ClientOptions } from '../clients.ts';
import type { Context } from '../http.ts';

/** What a preflight is told; Keycloak says the same to every origin. */
const methods: Record<string, string> = {
  userinfo: 'GET, HEAD, OPTIONS',
  logout: 'GET, HEAD, OPTIONS',
  token: 'POST, OPTIONS',
  revoke: 'POST, OPTIONS',
};
const allowedHeaders =
  'Origin, Access-Control-Request-Method, X-Requested-With, Accept, Access-Control-Request-Headers, DPoP, Content-Type, Authorization';

export function answerPreflight(ctx: Context, endpoint: string): void {
  ctx.status = 200;
  ctx.body = '';
  if (!ctx.get('Origin')) return;
  ctx.set('Access-Control-Allow-Origin', ctx.get('Origin'));
  ctx.set('Access-Control-Allow-Credentials', 'true');
  ctx.set('Access-Control-Allow-Methods', methods[endpoint] ?? 'GET, HEAD, OPTIONS');
  ctx.set('Access-Control-Allow-Headers', allowedHeaders);
  ctx.set('Access-Control-Max-Age', '3600');
}

/** Lets the page read the answer. As at Keycloak, any origin may read that a client or a token is unknown. */
export function allowOrigin(ctx: Context, exposed: string[] = []): void {
  const origin = ctx.get('Origin');
  if (!origin) return;
  ctx.set('Access-Control-Allow-Origin', origin);
  ctx.set('Access-Control-Allow-Credentials', 'true');
  ctx.set('Access-Control-Expose-Headers', ['Access-Control-Allow-Methods', ...exposed].join(', '));
}

/** Answers an origin that is not one of the client's: without CORS headers, so its page sees a `TypeError`. */
export function refuseForeignOrigin(ctx: Context, client: ClientOptions | undefined): boolean {
  const origin = ctx.get('Origin');
  if (!origin || !client || client.webOrigins.includes(origin)) return false;
  ctx.status = 403;
  ctx.body = { error: 'Invalid origin' };
  return true;
}

export function answerError(ctx: Context, status: number, error: string, description: string): void {
  allowOrigin(ctx);
  ctx.status = status;
  ctx.body = { error, error_description: description };
}

export function answerUnknownClient(ctx: Context): void {
  answerError(ctx, 401, 'invalid_client', 'Invalid client or Invalid client credentials');
}
