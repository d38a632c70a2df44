import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { Certificate } from '../../demo/provider/index.ts';

/** Looks at each request first; `true`: it has been answered. */
export type Front = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface Proxy {
  port: number;
  stop(): Promise<void>;
}

/** On 127.0.0.1, before a server there: plants faults, watches what is asked, speaks TLS for it. */
export async function startProxy(target: number, front?: Front, certificate?: Certificate): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true });
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    if (await front?.(request, response)) return;
    const { method, url, headers } = request;
    const { host = '' } = headers;
    const port = host.replace(/.*:/, '');
    const more = certificate && { 'x-forwarded-proto': 'https', 'x-forwarded-host': host, 'x-forwarded-port': port };
    const onwards = forward({
      agent,
      host: '127.0.0.1',
      port: target,
      method,
      path: url,
      headers: { ...headers, ...more },
    });
    onwards.on('response', (answer) => {
      if (response.destroyed) {
        answer.destroy(); // the browser has hung up
        return;
      }
      response.writeHead(answer.statusCode!, answer.rawHeaders);
      pipeline(answer, response, () => undefined); // and may do so still
    });
    pipeline(request, onwards, (error) => {
      if (error) response.destroy();
    });
  };
  const server = certificate ? createSecureServer(certificate) : createServer();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    pass(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
        agent.destroy();
      }),
  };
}
