import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { zstdDecompressSync } from 'node:zlib';

/** A request as it came, its body undone of its coding. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What is answered. */
export interface Answered {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A web server that says what a test wants of it. */
export interface WebPeer extends AsyncDisposable {
  readonly url: string;
  readonly asked: Asked[];
  /** A test changes it; `hang-up` breaks the connection in the middle of the body. */
  answer: (asked: Asked) => Answered | 'hang-up' | Promise<Answered>;
}

/** Takes everything and names nothing; says of what is searched for that it is there. */
export function finds({ path }: Asked): Answered {
  const uid = /SOPInstanceUID=([\d.]+)/.exec(path)?.[1];
  return uid === undefined
    ? { status: 200 }
    : { status: 200, body: JSON.stringify([{ '00080018': { vr: 'UI', Value: [uid] } }]) };
}

export async function startWebPeer(tls?: ServerOptions): Promise<WebPeer> {
  const asked: Asked[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) {
      pieces.push(piece);
    }
    const sent = Buffer.concat(pieces);
    const body = request.headers['content-encoding'] === 'zstd' ? zstdDecompressSync(sent) : sent;
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    asked.push(one);
    const answer = await peer.answer(one);
    if (answer === 'hang-up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    take(request, response).catch(() => request.socket.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const peer: WebPeer = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked,
    answer: () => ({ status: 200 }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return peer;
}
