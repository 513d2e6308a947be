import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ArchiveError } from '@filmless/archive';
import { type BodyPiece, SendBuffers, streamOfPieces, takePieces } from '@filmless/dicom';
import { afterEach, expect, it, vi } from 'vitest';
import { sendPieces } from './send-pieces.ts';

const SMALL = { buffer: 100_000, buffersOut: 4, buffersKept: 2, smallBuffer: 1_000 };

/** Counts what is out. */
class CountedBuffers extends SendBuffers {
  out = 0;
  highest = 0;

  override take(): ArrayBuffer {
    this.out += 1;
    this.highest = Math.max(this.highest, this.out);
    return super.take();
  }

  override give(returned: ArrayBuffer): void {
    this.out -= 1;
    super.give(returned);
  }

  override lose(byteLength: number): void {
    this.out -= 1;
    super.lose(byteLength);
  }
}

const bytesOf = (length: number, seed = 0) => Uint8Array.from({ length }, (_, index) => (index * 31 + seed) % 251);

/** As a file on disk: fills the buffers it is lent. */
function file(content: Uint8Array, events: string[] = []): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    type: 'bytes',
    pull: async (controller) => {
      await new Promise((resolve) => setImmediate(resolve));
      const view = controller.byobRequest?.view;
      if (view instanceof Uint8Array) {
        const part = content.subarray(at, at + view.byteLength);
        view.set(part);
        at += part.length;
        events.push(`read to ${at}`);
        controller.byobRequest?.respond(part.length);
      }
      if (at === content.length) {
        controller.close();
      }
    },
    cancel: () => void events.push('closed'),
  });
}

const stack: Server[] = [];

afterEach(() => {
  for (const server of stack.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const logged: object[] = [];
const log = {
  info: () => undefined,
  warn: (fields: object) => void logged.push({ warn: fields }),
  error: (fields: object) => void logged.push(fields),
};

/** Answers every request with the pieces. */
async function serve(pieces: () => readonly BodyPiece[], buffers: SendBuffers): Promise<number> {
  const server = createServer((_, outgoing) => {
    const response = new Response(streamOfPieces(pieces()), { status: 203, headers: { 'x-part': 'one' } });
    const taken = response.body === null ? undefined : takePieces(response.body);
    if (taken !== undefined) {
      void sendPieces(outgoing, response, taken, buffers, log);
    }
  }).listen(0, '127.0.0.1');
  stack.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function ask(port: number): Promise<IncomingMessage> {
  const [response] = (await once(request({ host: '127.0.0.1', port }).end(), 'response')) as [IncomingMessage];
  return response;
}

const digest = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

it('sends all pieces in their order, whatever they are and however long', async () => {
  const buffers = new CountedBuffers(SMALL);
  const parts = [3, 99_997, 100_000, 17_000, 1, 350_001, 0, 16_384, 100_001].map((length, seed) => bytesOf(length, seed));
  const pieces = () =>
    parts.map(
      (part, index) => [part, file(part), ReadableStream.from([part]), streamOfPieces([part, file(part)])][index % 4] ?? part,
    );
  const port = await serve(pieces, buffers);
  const expected = parts.flatMap((part, index) => (index % 4 === 3 ? [part, part] : [part]));
  for (let round = 0; round < 3; round += 1) {
    const response = await ask(port);
    expect([response.statusCode, response.headers['x-part']]).toEqual([203, 'one']);
    expect(digest(await buffer(response))).toBe(digest(Buffer.concat(expected)));
  }
  await vi.waitFor(() => expect(buffers.out).toBe(0));
});

it('says how long a body is that is ready at once', async () => {
  const port = await serve(() => [bytesOf(10), file(bytesOf(5000)), bytesOf(10)], new SendBuffers(SMALL));
  const response = await ask(port);
  expect(response.headers['content-length']).toBe('5020');
  expect((await buffer(response)).length).toBe(5020);
});

it('answers also with no bytes at all', async () => {
  const response = await ask(await serve(() => [], new SendBuffers(SMALL)));
  expect((await buffer(response)).length).toBe(0);
});

it('goes on from small buffers when the large ones are out', async () => {
  const buffers = new SendBuffers({ ...SMALL, buffersOut: 1 });
  buffers.take();
  const content = bytesOf(250_000);
  const response = await ask(await serve(() => [bytesOf(900), content.subarray(0, 600), file(content)], buffers));
  expect(digest(await buffer(response))).toBe(digest(Buffer.concat([bytesOf(900), content.subarray(0, 600), content])));
});

/** A receiver that asks and reads nothing. */
async function silent(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.pause().write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  return socket;
}

it('holds two buffers for a receiver that does not read, reads no further, and closes the file when it leaves', async () => {
  const buffers = new CountedBuffers({ ...SMALL, buffer: 1_000_000 });
  const events: string[] = [];
  const port = await serve(() => [file(new Uint8Array(200_000_000), events), file(new Uint8Array(10), events)], buffers);
  const socket = await silent(port);
  let before = -1;
  while (events.length !== before || before < 3) {
    before = events.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(buffers.highest).toBeLessThanOrEqual(2);
  expect(events.length).toBeLessThan(100);
  socket.destroy();
  await vi.waitFor(() => expect(events.slice(-2)).toEqual(['closed', 'closed']));
  expect(buffers.out).toBe(0);
  expect(logged).toEqual([]);
});

it('breaks the connection when a piece fails half way, and says so once', async () => {
  const failing = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('the disk is gone')) });
  const events: string[] = [];
  const buffers = new CountedBuffers(SMALL);
  const port = await serve(() => [file(bytesOf(300_000)), failing, file(bytesOf(10), events)], buffers);
  await expect(ask(port).then((response) => buffer(response))).rejects.toThrow();
  await vi.waitFor(() => expect(events).toEqual(['closed']));
  expect(logged.splice(0)).toMatchObject([{ error: expect.stringContaining('the disk is gone') }]);
  await vi.waitFor(() => expect(buffers.out).toBe(0));
});

async function* then(error: Error, ...pieces: readonly BodyPiece[]): AsyncGenerator<BodyPiece, void, void> {
  yield* pieces;
  await Promise.reject(error);
}

/** Answers with pieces that end in an error. */
const failingAfter = (error: Error, ...pieces: readonly BodyPiece[]) => [streamOfPieces(then(error, ...pieces))];
const BROKEN_FRAME = new ArchiveError('cannot-decode', 'JPEG: no frame header');

it('sends a head and what was whole when a later piece fails, however little it was', async () => {
  const buffers = new CountedBuffers(SMALL);
  const port = await serve(() => failingAfter(BROKEN_FRAME, bytesOf(10), file(bytesOf(500))), buffers);
  const response = await ask(port);
  expect([response.statusCode, response.headers['content-length']]).toEqual([203, undefined]);
  let length = 0;
  response.on('data', (chunk: Buffer) => {
    length += chunk.length;
  });
  const [error] = (await once(response, 'error')) as [NodeJS.ErrnoException];
  expect([error.code, length]).toEqual(['ECONNRESET', 510]);
  await vi.waitFor(() => expect(logged.splice(0)).toEqual([{ warn: { reason: 'JPEG: no frame header' } }]));
  expect(buffers.out).toBe(0);
});

it('refuses in words what fails at once', async () => {
  const buffers = new CountedBuffers(SMALL);
  const error = new Error('the disk is gone');
  const gone = () => new ReadableStream({ type: 'bytes', pull: () => Promise.reject(error) });
  for (const pieces of [() => failingAfter(error), () => [gone()], () => [bytesOf(10), gone()]]) {
    const response = await ask(await serve(pieces, buffers));
    expect([response.statusCode, response.headers['content-type']]).toEqual([500, 'application/problem+json']);
    expect((await buffer(response)).toString()).toContain('The log of the server says why.');
    expect(logged.splice(0)).toMatchObject([{ error: expect.stringContaining('the disk is gone') }]);
  }
  await vi.waitFor(() => expect(buffers.out).toBe(0));
});

it('hears of a failure when its turn comes, also when what is before it waits for a slow receiver', async () => {
  const buffers = new CountedBuffers(SMALL);
  const socket = await silent(await serve(() => failingAfter(BROKEN_FRAME, new Uint8Array(50_000_000)), buffers));
  // A rejection that nobody hears would end the process, and fails this test.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(logged).toEqual([]);
  let length = 0;
  socket.on('data', (chunk: Buffer) => {
    length += chunk.length;
  });
  socket.on('error', () => undefined).resume();
  await once(socket, 'close');
  expect(length).toBeGreaterThan(50_000_000);
  expect(logged.splice(0)).toEqual([{ warn: { reason: 'JPEG: no frame header' } }]);
});
