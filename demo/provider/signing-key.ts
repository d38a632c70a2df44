import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { JWK } from 'oidc-provider';

/** What a provider signs with; a new one at each start. */
export class SigningKey {
  readonly id = randomUUID();
  readonly #pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly privateKey = this.#pair.privateKey;
  readonly publicKey = this.#pair.publicKey;

  /** The pair, for oidc-provider, which signs the ID tokens. */
  toJWK(): JWK {
    return { ...this.privateKey.export({ format: 'jwk' }), kty: 'RSA', kid: this.id, use: 'sig', alg: 'RS256' };
  }
}
