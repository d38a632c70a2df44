import type { HttpAnswer } from '../support/http-sign-in.ts';
import type { ProviderUnderTest } from '../support/provider.ts';
import { setTheStage, type Scene, type Stage } from './stage.ts';

/** One scene's outcome, as far as a logout can see it. */
export interface Observation {
  /** Status, then what the answer says: `error: description`, a page's title, or where it redirects to. */
  answer: string;
  /** `allow-origin | credentials | exposed headers`, empty when the page may not read. */
  cors: string;
  challenge?: string;
  /** userinfo with the app's access token, afterwards. */
  userinfo: string;
  /** By the store: the clients in the tokens' session, or `dead`; and whether its offline session lives. */
  session: string;
  /** What the browser is told at `prompt=none`, through another client. */
  browser: string;
}

export async function observe(scene: Scene, provider: ProviderUnderTest, app: string): Promise<Observation> {
  const stage = await setTheStage(scene, provider, app);
  const answer = await scene.play(stage);
  const challenge = answer.headers['www-authenticate'];
  const after = await stage.post('userinfo', { access_token: stage.tokens.access_token });
  return {
    answer: `${answer.status} ${says(answer, app)}`.trim(),
    cors: cors(answer)
      .replaceAll(app, '<app>')
      .replace(/http:\/\/evil[^ ]*/, '<evil>'),
    ...(challenge !== undefined && { challenge }),
    userinfo: `${after.status} ${description(after)}`.trim(),
    session: await truth(stage),
    // Last, because it signs this client in.
    browser: await stage.browser.promptNone({ clientId: 'Plain', redirectUri: `${app}/callback` }),
  };
}

async function truth({ provider, tokens }: Stage): Promise<string> {
  const sid = tokens.session_state;
  const online = (await provider.sessionLives(sid)) ? (await provider.clientsIn(sid)).join('+') : 'dead';
  return (await provider.offlineSessionLives(sid)) ? `${online}, offline` : online;
}

function cors({ headers }: HttpAnswer): string {
  const names = ['allow-origin', 'allow-credentials', 'expose-headers', 'allow-methods', 'max-age'];
  const values = names.map((name) => headers[`access-control-${name}`]).filter((value) => value !== undefined);
  return values.join(' | ');
}

function says({ headers, body }: HttpAnswer, app: string): string {
  if (headers.location) return `→ ${headers.location.replace(app, '<app>')}`;
  if (headers['content-type']?.startsWith('text/html')) return `page: ${pageTitle(body)}`;
  if (!headers['content-type']?.startsWith('application/json') || !body) return '';
  const { error, error_description: text } = JSON.parse(body) as { error?: string; error_description?: string };
  return [error, text].filter(Boolean).join(': ');
}

function description({ headers }: HttpAnswer): string {
  return /error_description="([^"]*)"/.exec(headers['www-authenticate'] ?? '')?.[1] ?? '';
}

/** The heading, which both providers mark alike. */
function pageTitle(body: string): string {
  const heading = /id="kc-page-title"[^>]*>([^]*?)<\/h1>/.exec(body)?.[1] ?? '';
  return heading
    .replace(/<!--[^]*?-->/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
