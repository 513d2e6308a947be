import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { ByteQueue } from './byte-queue.ts';
import { readIntoBuffer } from './receive-buffer.ts';

/** A connection over the network, its accepting end read into a buffer. */
async function pair(bytes: number) {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  const [first] = await accepted;
  const remote = first.remoteAddress;
  const { socket, buffer } = readIntoBuffer(first, bytes);
  return { server, client, socket, buffer, remote };
}

it('gives every byte in order, in the same memory again and again, and the end', async () => {
  const { server, client, socket, buffer } = await pair(1000);
  expect(buffer).toBeDefined();
  const queue = new ByteQueue(socket, 1000, buffer);
  const sent = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, index) => index % 251));
  client.end(sent);
  const memories = new Set<ArrayBufferLike>();
  const received: Buffer[] = [];
  for (;;) {
    const chunk = await queue.next(10_000);
    if (!Buffer.isBuffer(chunk)) {
      expect(chunk).toEqual({ end: 'closed' });
      break;
    }
    memories.add(chunk.buffer);
    received.push(Buffer.from(chunk));
  }
  expect(Buffer.concat(received).equals(sent)).toBe(true);
  expect(memories.size).toBe(1);
  socket.destroy();
  server.close();
});

it('answers, knows who is at the other end, and tells of its end', async () => {
  const { server, client, socket, buffer, remote } = await pair(1000);
  const queue = new ByteQueue(socket, 1000, buffer);
  expect(socket.remoteAddress).toBe(remote);
  socket.write('hello');
  expect(String((await once(client, 'data'))[0])).toBe('hello');
  const closed = once(socket, 'close');
  client.destroy();
  expect(await queue.next(10_000)).toEqual({ end: 'closed' });
  await closed;
  server.close();
});
