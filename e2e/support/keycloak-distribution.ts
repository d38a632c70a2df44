import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const version = '26.7.3';
const mavenPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
/** Beside the sources, and out of git: a clone fetches its own, once. */
export const cache = join(import.meta.dirname, '../../.cache/keycloak');

/** The folder of Keycloak's distribution: `KEYCLOAK_HOME`, else fetched from Maven Central once. */
export async function distribution(): Promise<string> {
  await requireJava();
  if (process.env.KEYCLOAK_HOME) {
    if (await exists(join(process.env.KEYCLOAK_HOME, 'bin/kc.sh'))) return process.env.KEYCLOAK_HOME;
    throw new Error(`KEYCLOAK_HOME is no Keycloak: there is no ${process.env.KEYCLOAK_HOME}/bin/kc.sh.`);
  }
  const home = join(cache, `keycloak-${version}`);
  if (!(await exists(join(home, 'bin/kc.sh')))) await fetchInto(home);
  return home;
}

async function fetchInto(home: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  // Unpacked aside and then moved, so that an interrupted download leaves nothing half done.
  const folder = await mkdtemp(join(cache, 'fetching-'));
  try {
    const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:zip`;
    await run('mvn', ['-q', '-B', mavenPlugin, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]).catch(
      (cause: unknown) => {
        throw new Error(`Keycloak ${version} could not be fetched with Maven; KEYCLOAK_HOME can name a copy.`, {
          cause,
        });
      },
    );
    await unzip(join(folder, `keycloak-quarkus-dist-${version}.zip`), folder);
    // `jar` forgets the executable bit.
    await chmod(join(folder, `keycloak-${version}`, 'bin/kc.sh'), 0o755);
    await rename(join(folder, `keycloak-${version}`), home).catch(async (error: unknown) => {
      if (!(await exists(home))) throw error; // else somebody else was faster
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function unzip(archive: string, folder: string): Promise<void> {
  try {
    await run('unzip', ['-q', archive, '-d', folder]);
  } catch {
    await run('jar', ['xf', archive], { cwd: folder }).catch((cause: unknown) => {
      throw new Error('Keycloak could not be unpacked: neither `unzip` nor the JDK’s `jar` works here.', { cause });
    });
  }
}

async function requireJava(): Promise<void> {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java';
  const found = await run(java, ['-version']).then(
    ({ stderr }) => stderr.split('\n')[0] ?? '',
    () => 'none',
  );
  const [, major = '0'] = /version "(\d+)/.exec(found) ?? [];
  if (Number(major) >= 17) return;
  throw new Error(
    `Keycloak needs Java 17 or newer (apt-get install openjdk-17-jre-headless, or JAVA_HOME). Found: ${found}.`,
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
