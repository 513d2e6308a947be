/** Frames of the WebSocket protocol, as a server that only speaks needs them. RFC 6455 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FINAL = 0x80;
const MASKED = 0x80;
const RESERVED = 0x70;
const LONG = 126;
const LONGER = 127;

export interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** What a client must not send: the code that its connection is closed with. RFC 6455 7.4.1. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code: 1002 | 1009;

  constructor(code: 1002 | 1009, message: string) {
    super(message);
    this.code = code;
  }
}

/** One whole frame of a server: unmasked. */
export function writeFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const head = Buffer.alloc(length < LONG ? 2 : length <= 0xffff ? 4 : 10);
  head[0] = FINAL | opcode;
  if (head.length === 2) {
    head[1] = length;
  } else if (head.length === 4) {
    head[1] = LONG;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = LONGER;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** Takes a client's bytes as they come, and gives its frames whole. */
export class FrameReader {
  readonly #most: number;
  #bytes: Buffer = Buffer.alloc(0);

  /** @param most bytes of one frame's payload */
  constructor(most: number) {
    this.#most = most;
  }

  /** @throws FrameError */
  take(piece: Uint8Array): readonly Frame[] {
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      frames.push(frame);
    }
    return frames;
  }

  #next(): Frame | undefined {
    const bytes = this.#bytes;
    const [first, second] = bytes;
    if (first === undefined || second === undefined) {
      return undefined;
    }
    const opcode = first & 0x0f;
    const short = second & 0x7f;
    checkHead(first, second, opcode, short);
    const lengthBytes = short === LONG ? 2 : short === LONGER ? 8 : 0;
    const start = 2 + lengthBytes + 4;
    if (bytes.length < 2 + lengthBytes) {
      return undefined;
    }
    const length = lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (length > this.#most) {
      throw new FrameError(1009, `a frame of ${length} bytes`);
    }
    if (bytes.length < start + length) {
      return undefined;
    }
    const mask = bytes.subarray(start - 4, start);
    const payload = Buffer.from(bytes.subarray(start, start + length)).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
    this.#bytes = bytes.subarray(start + length);
    return { opcode, payload };
  }
}

const KNOWN: ReadonlySet<number> = new Set(Object.values(OPCODE));

/** RFC 6455 5.1, 5.2, 5.5. */
function checkHead(first: number, second: number, opcode: number, length: number): void {
  if ((first & RESERVED) !== 0 || !KNOWN.has(opcode)) {
    throw new FrameError(1002, 'bits or an opcode that nobody agreed on');
  }
  if ((second & MASKED) === 0) {
    throw new FrameError(1002, 'a frame of a client that is not masked');
  }
  if (opcode >= OPCODE.close && ((first & FINAL) === 0 || length > 125)) {
    throw new FrameError(1002, 'a control frame that is too long or in parts');
  }
}
