import { randomUUID, sign, verify } from 'node:crypto';
import type { SigningKey } from '../signing-key.ts';

export type TokenType = 'Bearer' | 'Refresh' | 'Offline' | 'ID';

export interface TokenPayload {
  typ: TokenType;
  jti: string;
  iss: string;
  sub: string;
  azp: string;
  sid: string;
  iat: number;
  /** Offline tokens have none. */
  exp?: number;
  scope?: string;
}

const algorithm = 'RSA-SHA256';

/** Keycloak's tokens are signed JWTs that anybody can read; oidc-provider's are handles. These wrap those. */
export class Tokens {
  readonly #issuer: string;
  readonly #key: SigningKey;

  constructor(issuer: string, key: SigningKey) {
    this.#issuer = issuer;
    this.#key = key;
  }

  sign(claims: Omit<TokenPayload, 'iss' | 'iat'> & Record<string, unknown>): string {
    const payload = { iat: seconds(), iss: this.#issuer, ...claims };
    const content = `${encode({ alg: 'RS256', typ: 'JWT', kid: this.#key.id })}.${encode(payload)}`;
    return `${content}.${sign(algorithm, Buffer.from(content), this.#key.privateKey).toString('base64url')}`;
  }

  /** The payload of a token that was signed here and is of one of these types; its expiry is the caller's business. */
  read(token: string, types: TokenType[]): TokenPayload | undefined {
    const [header, body, signature, ...rest] = token.split('.');
    if (!header || !body || !signature || rest.length > 0) return undefined;
    const content = Buffer.from(`${header}.${body}`);
    if (!verify(algorithm, content, this.#key.publicKey, Buffer.from(signature, 'base64url'))) return undefined;
    const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as TokenPayload;
    return payload.iss === this.#issuer && types.includes(payload.typ) ? payload : undefined;
  }
}

export function isExpired({ exp }: TokenPayload): boolean {
  return exp !== undefined && exp <= seconds();
}

/** A refresh token's id names oidc-provider's record, and is new each time, as Keycloak's. */
export function newRefreshTokenId(handle: string): string {
  return `${handle}.${randomUUID()}`;
}

export function handleOf({ jti }: TokenPayload): string {
  return jti.split('.')[0] ?? jti;
}

export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
