import type { KoaContextWithOIDC } from 'oidc-provider';

export type Context = KoaContextWithOIDC;

/** A form body as a plain record; our own endpoints read nothing else. */
export async function readForm(ctx: Context): Promise<Record<string, string>> {
  if (ctx.method !== 'POST' || !ctx.is('application/x-www-form-urlencoded')) return {};
  let body = '';
  for await (const chunk of ctx.req.setEncoding('utf8')) body += String(chunk);
  return Object.fromEntries(new URLSearchParams(body));
}
