/** A certificate for `localhost` and the names below it, for tests over https. Browsers under test accept it unseen. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificate } from '../../demo/provider/index.ts';

const names = ['localhost', '*.localhost', '*.one.localhost'].map((name) => `DNS:${name}`).join();
const kind = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj /CN=localhost'.split(' ');

let made: Promise<Certificate> | undefined;

/** One for all of this process. Made by `openssl`, which Debian's own list of authorities (ca-certificates) needs, too. */
export const certificate = (): Promise<Certificate> => (made ??= make());

async function make(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'arkane-certificate-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    await promisify(execFile)('openssl', [
      'req',
      ...kind,
      '-addext',
      `subjectAltName=${names}`,
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}
