// No process may outlive the one that started it, also when that one is interrupted.
import type { ChildProcess } from 'node:child_process';

const children = new Set<ChildProcess>();
let listening = false;

const listen = () => {
  if (listening) return;
  listening = true;
  process.on('exit', () => {
    for (const child of children) child.kill();
  });
  // A signal's default action ends the process without 'exit'.
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
  for (const [signal, number] of Object.entries(signals)) {
    process.once(signal, () => {
      process.exit(128 + number);
    });
  }
};

/** Ends this child at the latest when this process ends, by itself or by a signal. */
export function endWithProcess(child: ChildProcess): void {
  listen();
  children.add(child);
  child.once('exit', () => children.delete(child));
}

/** For children that others start, such as puppeteer's browsers, which look after 'exit' but not after every signal. */
export const exitOnSignals: () => void = listen;
