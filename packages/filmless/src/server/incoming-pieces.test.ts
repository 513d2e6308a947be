import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { IncomingPieces } from './incoming-pieces.ts';

const own = (text: string): Buffer => {
  const chunk = Buffer.allocUnsafeSlow(text.length);
  chunk.write(text);
  return chunk;
};
const of = (...chunks: readonly Buffer[]) => Readable.from(chunks, { objectMode: false });
const text = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => {
  let read = '';
  for await (const piece of pieces) {
    read += Buffer.from(piece).toString();
  }
  return read;
};

/** A server whose one request is answered by `serve`, and the sender's end of it. */
async function served(serve: (incoming: IncomingMessage) => Promise<void>) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer((incoming, outgoing) => {
    serve(incoming)
      .then(() => void outgoing.end('ok'))
      .then(resolve, reject);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const sender = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', method: 'POST' });
  sender.on('error', () => undefined);
  return {
    sender,
    served: promise,
    [Symbol.dispose]: () => {
      sender.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('the pieces of what comes in', () => {
  it('come in their order, and the memory of each is given back when the next is asked for', async () => {
    const chunks = [own('one '), own('two '), own('three')];
    const pieces = new IncomingPieces(of(...chunks));
    const first = await pieces.next();
    expect(first.done === true ? '' : Buffer.from(first.value).toString()).toBe('one ');
    expect(chunks[0]?.buffer.byteLength).toBe(4);
    expect(await text(pieces)).toBe('two three');
    expect(chunks.map(({ buffer }) => buffer.byteLength)).toEqual([0, 0, 0]);
    expect((await pieces.next()).done).toBe(true);
  });

  it('are held back while nobody asks for them, and all come in the end', async () => {
    const [length, count] = [65_536, 400];
    let most = 0;
    using exchange = await served(async (incoming) => {
      let bytes = 0;
      const pieces = new IncomingPieces(incoming);
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
        bytes += next.value.byteLength;
        if (bytes < 20 * length) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        most = Math.max(most, incoming.socket.bytesRead - bytes);
      }
      expect(bytes).toBe(length * count);
    });
    for (let sent = 0; sent < count; sent += 1) {
      exchange.sender.write(Buffer.alloc(length, sent));
    }
    exchange.sender.end();
    await exchange.served;
    expect(most).toBeLessThan(1_000_000);
  });

  it('end where the reader leaves, and the connection serves on', async () => {
    using exchange = await served(async (incoming) => {
      const pieces = new IncomingPieces(incoming);
      await pieces.next();
      await pieces.return();
      expect((await pieces.next()).done).toBe(true);
    });
    const answered = new Promise<number | undefined>((resolve) =>
      exchange.sender.on('response', (answer) => resolve(answer.statusCode)),
    );
    exchange.sender.end(Buffer.alloc(2_000_000));
    await exchange.served;
    expect(await answered).toBe(200);
  });

  it('fail with the connection, after what came before', async () => {
    using exchange = await served(async (incoming) => {
      const pieces = new IncomingPieces(incoming);
      await pieces.next();
      exchange.sender.destroy();
      await expect(text(pieces)).rejects.toThrow(/aborted|broke off/);
      await expect(pieces.next()).rejects.toThrow(/aborted|broke off/);
      await expect(new IncomingPieces(incoming).next()).rejects.toThrow(/aborted|broke off/);
    });
    exchange.sender.write('begun');
    await exchange.served;
  });
});
