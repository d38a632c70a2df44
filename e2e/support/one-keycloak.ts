// node --test-global-setup: one Keycloak for all files of a run, each of which makes a realm of its own there.
import { startServer, type KeycloakServer } from './keycloak.ts';

let server: KeycloakServer | undefined;

export async function globalSetup(): Promise<void> {
  server = await startServer();
  process.env.KEYCLOAK_URL = server.url;
}

export async function globalTeardown(): Promise<void> {
  await server?.stop();
}
