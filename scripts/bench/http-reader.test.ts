import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { AnswerParser, HttpReader, parseHead } from './http-reader.ts';

const LONG = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: application/dicom+json\r\nContent-Length: 10\r\n\r\n0123456789');
const CHUNKED = Buffer.from(
  'HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n8\r\ndefghijk\r\n0\r\nx: y\r\n\r\n',
);

it.each([
  [LONG, 200, '0123456789'],
  [CHUNKED, 500, 'abcdefghijk'],
  [Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), 200, ''],
])('an answer is read to its end however its bytes come (%#)', (bytes, status, body) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: bytes.length - 1 })), (cuts) => {
      const parser = new AnswerParser();
      const ends = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b);
      for (const [at, end] of ends.entries()) {
        expect(parser.ended).toBe(false);
        parser.take(bytes.subarray(ends[at - 1] ?? 0, end));
      }
      expect([parser.ended, parser.head?.status, parser.bytes, parser.body.toString()]).toEqual([
        true,
        status,
        body.length,
        body,
      ]);
    }),
  );
});

it('an answer without a length, or bytes behind one, are errors', () => {
  expect(() => parseHead('HTTP/1.1 200 OK\r\nconnection: keep-alive')).toThrow('not an answer');
  expect(() => parseHead('SSH-2.0')).toThrow('not an answer');
  expect(() => new AnswerParser().take(Buffer.concat([LONG, Buffer.of(0)]))).toThrow('behind');
});

const stack: Disposable[] = [];

afterEach(() => {
  for (const one of stack.splice(0)) {
    one[Symbol.dispose]();
  }
});

async function readerOf(answer: (response: ServerResponse, path: string) => void): Promise<HttpReader> {
  const server = createServer((request, response) => answer(response, request.url ?? '')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reader = new HttpReader((server.address() as AddressInfo).port);
  stack.push({ [Symbol.dispose]: () => void server.closeAllConnections() }, reader, {
    [Symbol.dispose]: () => void server.close(),
  });
  return reader;
}

it('asks over one connection, and counts what it does not keep', async () => {
  const ports = new Set<number | undefined>();
  const reader = await readerOf((response, path) => {
    ports.add(response.socket?.remotePort);
    response.setHeader('content-type', path === '/long' ? 'application/dicom' : 'application/json');
    response.write(Buffer.alloc(1_000_000));
    response.end('x');
  });
  expect(await reader.ask('/long', {})).toMatchObject({ status: 200, bytes: 1_000_001, body: Buffer.alloc(0) });
  expect((await reader.ask('/short', {})).body.length).toBe(1_000_001);
  expect(ports.size).toBe(1);
});

it('comes back where the server closes the connection, and says when it did so within an answer', async () => {
  const reader = await readerOf((response, path) => {
    response.setHeader('connection', 'close');
    if (path === '/until-closed') {
      response.sendDate = false;
      response.removeHeader('transfer-encoding');
    } else {
      response.setHeader('content-length', 4);
    }
    if (path === '/breaks') {
      response.write('ab', () => response.destroy());
    } else {
      response.end('abcd');
    }
  });
  expect((await reader.ask('/until-closed', {})).bytes).toBe(4);
  expect([(await reader.ask('/', {})).bytes, (await reader.ask('/', {})).bytes]).toEqual([4, 4]);
  await expect(reader.ask('/breaks', {})).rejects.toThrow('closed');
  expect((await reader.ask('/', {})).bytes).toBe(4);
});
