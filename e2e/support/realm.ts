import { briefLifespan, clientIds } from './provider.ts';

/** A realm as Keycloak imports it, for apps at these origins; `rotates`: a refresh token is good for one use. */
export function realmFor(realm: string, appOrigins: string[], rotates = false): object {
  return {
    realm,
    enabled: true,
    sslRequired: 'none',
    accessTokenLifespan: 300,
    revokeRefreshToken: rotates,
    // Hundreds of sign-ins; the default, argon2, is slow on purpose.
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    clients: clientIds.map((clientId) => ({
      clientId,
      publicClient: true,
      standardFlowEnabled: true,
      redirectUris: appOrigins.map((origin) => `${origin}/*`),
      webOrigins: clientId === 'NoOrigin' ? [] : appOrigins,
      attributes: {
        // The redirect URIs serve here, too.
        'post.logout.redirect.uris': clientId === 'NoReturn' ? 'http://nowhere.localhost/' : '+',
        ...(clientId === 'Brief' && { 'access.token.lifespan': String(briefLifespan) }),
      },
    })),
    users: [user('alice', 'Alice', realm), user('bob', 'Bob', realm)],
  };
}

function user(username: string, firstName: string, realm: string): object {
  return {
    username,
    enabled: true,
    email: `${username}@example.org`,
    emailVerified: true,
    firstName,
    lastName: 'Arkane',
    credentials: [{ type: 'password', value: username }],
    realmRoles: [`default-roles-${realm.toLowerCase()}`, 'offline_access'],
  };
}
