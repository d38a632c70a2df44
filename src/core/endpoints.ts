import { withoutSlash } from './token-store.js';

/** Where a provider is asked. */
export interface Endpoints {
  endSession: string;
  userinfo: string;
}

/** Whether an issuer is Keycloak-shaped: its path ends in `/realms/<name>`. */
export const isKeycloakShaped = (authority: string): boolean => /\/realms\/[^/]+\/?$/.test(new URL(authority).pathname);

/** Keycloak's endpoints, derived from the issuer: no request is needed. */
export const keycloakEndpoints = (authority: string): Endpoints => {
  const base = `${withoutSlash(authority)}/protocol/openid-connect`;
  return { endSession: `${base}/logout`, userinfo: `${base}/userinfo` };
};
