import { briefLifespan, clientIds } from './provider.ts';

export const realmName = 'Arkane';

/** The realm file that Keycloak imports at its start, for apps at these origins. */
export function realmFor(appOrigins: string[]): object {
  return {
    realm: realmName,
    enabled: true,
    sslRequired: 'none',
    accessTokenLifespan: 300,
    // Hundreds of sign-ins; the default, argon2, is slow on purpose.
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    clients: clientIds.map((clientId) => ({
      clientId,
      publicClient: true,
      standardFlowEnabled: true,
      redirectUris: appOrigins.map((origin) => `${origin}/*`),
      webOrigins: appOrigins,
      attributes: {
        // The redirect URIs serve here, too.
        'post.logout.redirect.uris': '+',
        ...(clientId === 'Brief' && { 'access.token.lifespan': String(briefLifespan) }),
      },
    })),
    users: [user('alice', 'Alice'), user('bob', 'Bob')],
  };
}

function user(username: string, firstName: string): object {
  return {
    username,
    enabled: true,
    email: `${username}@example.org`,
    emailVerified: true,
    firstName,
    lastName: 'Arkane',
    credentials: [{ type: 'password', value: username }],
    realmRoles: ['default-roles-arkane', 'offline_access'],
  };
}
