import { Socket, type SocketConstructorOpts } from 'node:net';

/**
 * One piece of memory that everything is read into that a peer sends. Without it each read gets new memory, 64 KiB for whatever
 * came, and looking for it afterwards cost the garbage collector more than the reading.
 */
export class ReceiveBuffer {
  /** Takes what was read; false stops the reading until the socket is resumed. */
  take: (chunk: Buffer) => boolean = () => false;
}

/** A socket, and what it reads into. */
export interface BufferedSocket {
  readonly socket: Socket;
  /** None where each read gets new memory. */
  readonly buffer: ReceiveBuffer | undefined;
}

/**
 * Has an accepted socket, which is paused and was not read from, read into one buffer. Node offers that (`onread`) to sockets that it
 * makes anew only, so the handle of this one is put into such a socket; where it has none to give, the socket stays as it is.
 */
export function readIntoBuffer(accepted: Socket, bytes: number): BufferedSocket {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (typeof handle !== 'object' || handle === null) {
    accepted.resume();
    return { socket: accepted, buffer: undefined };
  }
  Reflect.set(accepted, '_handle', null);
  accepted.destroy();
  const buffer = new ReceiveBuffer();
  const memory = Buffer.allocUnsafeSlow(bytes);
  const options = {
    handle,
    pauseOnCreate: true,
    onread: { buffer: memory, callback: (length: number) => buffer.take(memory.subarray(0, length)) },
  };
  // NOTE: the types know fewer handles than Node does.
  return { socket: new Socket(options as unknown as SocketConstructorOpts), buffer };
}
