import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, open, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from '../../demo/provider/index.ts';
import { payloadOf } from './http-sign-in.ts';
import { administrator, KeycloakAdmin } from './keycloak-admin.ts';
import { cache, distribution, version } from './keycloak-distribution.ts';
import { endpointsOf, type ProviderUnderTest } from './provider.ts';
import { type Front, startProxy } from './proxy.ts';
import { realmFor } from './realm.ts';

export interface KeycloakOptions {
  appOrigins: string[];
  /** Default: a name that nobody else has. */
  realm?: string;
  /** Looks at what browsers ask of it first. */
  front?: Front;
  /** Whether a refresh token is good for one use. Default: for many, as Keycloak has it. */
  rotates?: boolean | undefined;
  /** To speak https. */
  certificate?: Certificate | undefined;
}

export interface KeycloakServer {
  /** On 127.0.0.1. */
  url: string;
  stop: () => Promise<void>;
}

const builtBefore = join(cache, `built-${version}`);
/** A start takes 20 s, on a busy machine many times that. */
const patience = 300_000;

/** For all realms of this process, with which it ends. */
let own: Promise<KeycloakServer> | undefined;

/**
 * A fresh realm for apps at these origins, at the real Keycloak of this run (one-keycloak.ts), or at one of this
 * process's own. Each browser needs a realm of its own: to look at a user's sessions while one of them is being ended
 * can leave that one alive (keycloak/keycloak#51127).
 */
export async function startKeycloak({
  appOrigins,
  realm = `Arkane-${randomUUID()}`,
  front,
  certificate,
  rotates,
}: KeycloakOptions): Promise<ProviderUnderTest> {
  const url = process.env.KEYCLOAK_URL ?? (await (own ??= startServer())).url;
  const admin = new KeycloakAdmin(url, realm);
  await admin.createRealm(realmFor(realm, appOrigins, rotates));
  const { port } = new URL(url);
  const proxy = (front ?? certificate) && (await startProxy(Number(port), front, certificate));
  // Keycloak makes its issuer of the Host header.
  const issuer = `http${certificate ? 's' : ''}://idp.localhost:${proxy?.port ?? port}/realms/${realm}`;
  return {
    name: 'keycloak',
    profile: 'keycloak',
    issuer,
    endpoint: endpointsOf(issuer, 'keycloak'),
    sessionLives: async (sid) => (await admin.session(sid)) !== undefined,
    offlineSessionLives: async (sid) => (await admin.offlineSession(sid)) !== undefined,
    clientsIn: async (sid) => Object.values((await admin.session(sid))?.clients ?? {}).toSorted(),
    async isSignedIn(cookies) {
      const sid = sidIn(cookies);
      return sid !== undefined && (await admin.session(sid)) !== undefined;
    },
    sidIn,
    endSession: (sid) => admin.endSession(sid),
    stop: async () => proxy?.stop(),
  };
}

function sidIn(cookies: string): string | undefined {
  const identity = /(?:^|; )KEYCLOAK_IDENTITY=([^;]*)/.exec(cookies)?.[1];
  return identity === undefined ? undefined : String(payloadOf(identity).sid);
}

/** Starts a real Keycloak without a realm of ours; it ends with `stop()`, or with this process however that ends. */
export async function startServer(): Promise<KeycloakServer> {
  const home = await privateHome(await distribution());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const keycloak = await launch(home, port);
  const stop = async () => {
    await end(keycloak);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await answering(`${url}/realms/master`, keycloak);
  } catch (cause) {
    const log = await readFile(join(home, 'keycloak.log'), 'utf8');
    await stop();
    throw new Error(`Keycloak did not start:\n${log.split('\n').slice(-30).join('\n')}`, { cause });
  }
  if (!process.env.KEYCLOAK_HOME) await keepBuild(home);
  return { url, stop };
}

/**
 * A home of this start's own: Keycloak writes into it (its build, its database), and takes it from where `kc.sh` lies.
 * The libraries, nearly all of the weight, are only linked. The build of an earlier start is taken over: it is most of
 * the time that a start takes.
 */
async function privateHome(original: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'arkane-keycloak-'));
  const left = new Set(['data', 'bin/client', 'lib/lib']);
  await cp(original, home, { recursive: true, filter: (source) => !left.has(relative(original, source)) });
  await symlink(join(original, 'lib/lib'), join(home, 'lib/lib'));
  await mkdir(join(home, 'data'));
  if (!process.env.KEYCLOAK_HOME)
    // which may be of any version
    await cp(builtBefore, join(home, 'lib/quarkus'), { recursive: true }).catch(() => undefined); // the first start
  return home;
}

/** Kept for the next start; moved when it is whole. */
async function keepBuild(home: string): Promise<void> {
  const copy = await mkdtemp(`${builtBefore}-`);
  await cp(join(home, 'lib/quarkus'), copy, { recursive: true });
  await rename(copy, builtBefore).catch(() => rm(copy, { recursive: true })); // there is one already
}

/**
 * Keycloak, and beside it a shell that reads a pipe from this process: when the pipe closes, because of `stop()` or
 * however this process ends, Keycloak ends too, and its home is cleared away. `kc.sh` hands the signal on to its Java.
 */
async function launch(home: string, port: number): Promise<ChildProcess> {
  const guard = `exec 3<&0; "$0" "$@" </dev/null & keycloak=$!
    { cat <&3 >/dev/null; : >"$PRIVATE_HOME/closed"; kill $keycloak; sleep 10; kill -9 $keycloak; } & reader=$!
    wait $keycloak; kill $reader; if [ -e "$PRIVATE_HOME/closed" ]; then rm -rf "$PRIVATE_HOME"; fi`;
  const command = [
    join(home, 'bin/kc.sh'),
    'start-dev',
    '--db=dev-mem',
    '--hostname-strict=false',
    '--proxy-headers=xforwarded',
  ];
  const log = await open(join(home, 'keycloak.log'), 'a');
  const guardian = spawn('sh', ['-c', guard, ...command, '--http-host=127.0.0.1', `--http-port=${port}`], {
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
    env: {
      ...process.env,
      PRIVATE_HOME: home,
      KC_BOOTSTRAP_ADMIN_USERNAME: administrator.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
    },
  });
  await log.close();
  guardian.unref();
  return guardian;
}

async function end(guardian: ChildProcess): Promise<void> {
  if (hasEnded(guardian)) return;
  const ended = new Promise((resolve) => guardian.once('exit', resolve));
  guardian.ref();
  guardian.stdin?.end();
  await ended;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function answering(url: string, guardian: ChildProcess): Promise<void> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    if (hasEnded(guardian)) throw new Error('It ended');
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(250);
  }
  throw new Error(`No answer within ${patience / 1000} s`);
}

/** Nothing else is opened: `start-dev` has no management port unless health or metrics are on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
