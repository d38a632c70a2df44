// Subresource Integrity: what a page puts beside the address of each file in dist/cdn.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';

const folder = 'dist/cdn';

/** Prints the hashes, ready to paste, and leaves them in integrity.json for those who have only the package. */
export async function printIntegrity(): Promise<void> {
  const hashes: Record<string, string> = {};
  for (const name of (await readdir(folder)).sort()) {
    if (!name.endsWith('.js')) continue;
    const hash = createHash('sha384').update(await readFile(`${folder}/${name}`));
    hashes[name] = `sha384-${hash.digest('base64')}`;
  }
  await writeFile(`${folder}/integrity.json`, `${JSON.stringify(hashes, null, 2)}\n`);
  for (const [name, hash] of Object.entries(hashes)) console.log(`${folder}/${name.padEnd(22)} integrity="${hash}"`);
}
