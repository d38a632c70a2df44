// No browser may outlive the process that started it, not even when that one is killed.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/**
 * Ends this child, and the group that it leads (spawn it `detached`), when this process ends, whatever the way.
 * A shell waits at a pipe from here: the kernel closes it even where no handler of ours would run any more.
 */
export function endWithProcess(child: ChildProcess): void {
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -s KILL -- "-$1"', 'guard', String(child.pid)], {
    detached: true, // Ctrl-C is not for the guard
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  guard.on('error', () => undefined); // without a guard all is well as long as nobody interrupts
  child.once('exit', () => guard.kill('SIGKILL'));
}
