// npm start: the demo page and an OpenID provider of its own, both on free ports of loopback.
import { startProvider } from './provider/index.ts';
import { startApp } from './server.ts';

const clientId = 'Arketype';
const config = { clientId, authority: '' };
const app = await startApp({ config });
const provider = await startProvider({
  clients: [{ clientId, redirectUris: [`${app.origin}/*`], webOrigins: [app.origin] }],
});
config.authority = provider.issuer;

console.log(`
  ${app.origin}/demo/

  Sign in as alice, password alice. Ctrl-C ends it.
`);

const stop = async () => {
  await Promise.all([app.stop(), provider.stop()]);
  process.exit();
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void stop());
