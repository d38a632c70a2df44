// As an app of the Arkane SDK is written; only the import is another one.
import { ArkaneConnect } from '../../src/arkane-connect.js';

const { authority, clientId } = (await (await fetch('/demo/config.json')).json()) as Record<
  'authority' | 'clientId',
  string
>;
const arkaneConnect = new ArkaneConnect(clientId, { authority });
const app = { arkaneConnect, checked: '', cleanedUp: 0, cleanUp: () => app.cleanedUp++ };

await arkaneConnect
  .checkAuthenticated()
  .then((result) =>
    result
      .authenticated((auth) => (app.checked = `signed in as ${String(auth.idTokenParsed?.name)}`))
      .notAuthenticated(() => (app.checked = 'signed out')),
  );
Object.assign(window, { app });
