/** Another origin, which writes down everything that it gets. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Thief {
  origin: string;
  /** Whether it got anything that names this. */
  hasHeardOf(what: string): boolean;
  forget(what: string): void;
  /** Which of these tokens came to it, and how; by their names. */
  stolen(tokens: Record<string, string | undefined>): string[];
  stop(): void;
}

export async function startThief(): Promise<Thief> {
  let received: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push([request.method, request.url, ...request.rawHeaders, body].join('\n'));
      response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/html' });
      response.end('<!doctype html><title>Thank you</title>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://thief.localhost:${(server.address() as AddressInfo).port}`,
    hasHeardOf: (what) => received.some((text) => text.includes(what)),
    forget(what) {
      received = received.filter((text) => !text.includes(what));
    },
    stolen: (tokens) =>
      received.flatMap((text) =>
        Object.entries(tokens)
          .filter(([, token = '']) => [token, token.split('.')[2]].some((part) => part && text.includes(part)))
          .map(([name]) => `${name} in a ${text.split('\n', 1)[0]}`),
      ),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
