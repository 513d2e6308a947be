import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, expect, it, vi } from 'vitest';
import { SERVER_LIMITS } from '../../limits.ts';
import { FrameReader } from './frames.ts';
import { WebSocketChannel } from './web-socket.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A socket that hands over what is pushed into it at once. */
class Pushed extends Duplex {
  readonly written: Buffer[] = [];
  override _read(): void {
    // There is what is pushed.
  }
  override _write(piece: Buffer, _: string, done: () => void): void {
    this.written.push(piece);
    done();
  }
  setTimeout(): this {
    return this;
  }
}

it('what a client sends after it was closed is not read as frames, and who sends much of it is cut off', async () => {
  const take = vi.spyOn(FrameReader.prototype, 'take');
  const socket = new Pushed();
  let ended = 0;
  new WebSocketChannel(socket as unknown as Socket, new Uint8Array(0), () => {
    ended += 1;
  });
  // A frame that says it has 5,000 bytes.
  socket.push(Buffer.from([0x82, 0xfe, 0x13, 0x88, 0, 0, 0, 0]));
  await vi.waitFor(() => expect(Buffer.concat(socket.written)).toEqual(Buffer.from([0x88, 2, 0x03, 0xf1])));
  const read = take.mock.calls.length;
  for (let sent = 0; sent <= SERVER_LIMITS.webSocketWaiting; sent += 65_536) {
    expect(socket.destroyed).toBe(false);
    socket.push(Buffer.alloc(65_536));
    await new Promise(setImmediate);
  }
  expect([socket.destroyed, ended, take.mock.calls.length]).toEqual([true, 1, read]);
});
