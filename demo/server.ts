// The app's own server, for the demo and the end-to-end tests: TypeScript as it is, on loopback, under a strict policy.
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startDevServer } from '@web/dev-server';
import type { DevServerConfig } from '@web/dev-server';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import type { Certificate } from './provider/index.ts';

type Middleware = NonNullable<DevServerConfig['middleware']>[number];
type Plugin = NonNullable<DevServerConfig['plugins']>[number];

export interface AppOptions {
  /** Default: a free one. */
  port?: number;
  /** To speak https. */
  certificate?: Certificate | undefined;
  /** The strict Content-Security-Policy on pages below /demo/ and /e2e/. Default: on. */
  csp?: boolean;
  /** What the page reads from /demo/config.json; a function when it is only known later. */
  config?: object | (() => object);
  /** The path of a module that every page is to run first. */
  firstScript?: string;
  /** Scripts stay in the browser's cache, for when nobody edits them. Asking again is a good part of what a page costs. */
  keepScripts?: boolean;
  /** Changes the text of a module on its way. Tests plant bugs here, which they must notice. */
  alter?: ((path: string, text: string) => string) | undefined;
  /** Looks at each request first. */
  watch?: ((request: IncomingMessage) => void) | undefined;
  /** More headers for a page, as late as it likes. Tests plant faults here. */
  pageHeaders?: (path: string) => Promise<Record<string, string>>;
}

export interface App {
  /** `http://app.localhost:PORT`; `app.one.localhost` and `127.0.0.1` lead here too. */
  origin: string;
  port: number;
  /** What browsers reported against the policy. */
  violations: string[];
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** No inline script or style, nothing from elsewhere, no string that becomes script. */
const strictPolicy = "script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; report-uri /csp-reports";

const serveConfig =
  (config: AppOptions['config']): Middleware =>
  async (context, next) => {
    if (config === undefined || context.path !== '/demo/config.json') {
      await next();
      return;
    }
    context.body = typeof config === 'function' ? (config() as object) : config;
  };

/** Browsers post here what a page was kept from doing, also while it loads. */
const collectReports =
  (violations: string[]): Middleware =>
  async (context, next) => {
    if (context.path !== '/csp-reports') {
      await next();
      return;
    }
    let report = '';
    for await (const chunk of context.req) report += String(chunk);
    violations.push(report);
    context.status = 204;
  };

const headers =
  ({ csp = true, keepScripts = false, pageHeaders }: AppOptions): Middleware =>
  async (context, next) => {
    const isPage = /^\/(demo|e2e)\/(.*\.html)?$/.test(context.path);
    const more = isPage ? await pageHeaders?.(context.path) : undefined;
    // A page whose headers may change is sent whole: with a 304 the browser would keep the old ones.
    if (more) {
      delete context.req.headers['if-none-match'];
      delete context.req.headers['if-modified-since'];
    }
    await next();
    context.set('cache-control', keepScripts && context.response.is('js') ? 'max-age=600' : 'no-cache'); // no-store: never in the back-forward cache
    if (csp && isPage) context.set('content-security-policy', strictPolicy);
    if (more) context.set(more);
  };

const runFirst = (path: string): Plugin => ({
  name: 'first-script',
  transform: ({ response, body }) =>
    response.is('html')
      ? String(body).replace('<title>', `<script type="module" src="${path}"></script><title>`)
      : undefined,
});

const alterModules = (alter: NonNullable<AppOptions['alter']>): Plugin => ({
  name: 'alter',
  transform: ({ path, body }) => (path.endsWith('.ts') ? alter(path, String(body)) : undefined),
});

export async function startApp(options: AppOptions = {}): Promise<App> {
  const { port = 0, certificate, config, firstScript, watch, alter } = options;
  // A server of ours, because the dev server's own listens on every interface when it is to answer for localhost.
  const server = certificate ? createSecureServer(certificate) : createServer();
  const violations: string[] = [];
  const devServer = await startDevServer({
    readCliArgs: false,
    readFileConfig: false,
    autoExitProcess: false,
    logStartMessage: false,
    config: {
      rootDir: root,
      middlewareMode: { server },
      port: 0,
      injectWebSocket: false,
      // Not `development`: Lit's warns on the console of every page.
      nodeResolve: { exportConditions: ['browser', 'production'] },
      plugins: [
        ...(alter ? [alterModules(alter)] : []),
        esbuildPlugin({ ts: true, tsconfig: `${root}tsconfig.json`, target: 'es2022' }),
        ...(firstScript ? [runFirst(firstScript)] : []),
      ],
      middleware: [headers(options), collectReports(violations), serveConfig(config)],
    },
  });
  const answer = devServer.koaApp.callback();
  server.on('request', (request: IncomingMessage, response) => {
    watch?.(request);
    void answer(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    origin: `http${certificate ? 's' : ''}://app.localhost:${bound}`,
    port: bound,
    violations,
    async stop() {
      await devServer.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
