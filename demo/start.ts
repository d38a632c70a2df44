// npm start
import { startDemo } from './demo.ts';

const demo = await startDemo();

console.log(`
  ${demo.app.origin}/demo/

  Sign in as alice, password alice. Ctrl-C ends it.
`);

const stop = async () => {
  await demo.stop();
  process.exit();
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void stop());
