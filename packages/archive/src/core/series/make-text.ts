import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { constants, crc32, createDeflateRaw, createZstdCompress } from 'node:zlib';
import type { ArchiveLimits } from '../limits.ts';
import { instanceUrlOf, withBulkDataUrls } from './header-text.ts';
import type { HeaderText, MadeText } from './series-texts.ts';

type Limits = Pick<ArchiveLimits, 'seriesTextBytes' | 'seriesKeptBytes'>;

/** Text gathered before it is compressed. */
const PIECE_CHARACTERS = 256 * 1024;
/** A client keeps so much of what it has read: more than this is not allowed in a browser. RFC 9659. */
const ZSTD_WINDOW_LOG = 23;
const ZSTD_LEVEL = 9;

/** Takes pieces into a compressing stream, and its bytes out of it while they are few enough. */
class Compressing {
  readonly #stream: Transform;
  readonly #most: number;
  readonly #chunks: Buffer[] = [];
  readonly #ended: Promise<void>;
  #bytes = 0;

  constructor(stream: Transform, most: number) {
    this.#stream = stream;
    this.#most = most;
    this.#ended = new Promise((resolve, reject) => {
      stream.once('end', resolve).once('error', reject);
    });
    this.#ended.catch(() => undefined);
    stream.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.byteLength;
      if (this.#bytes <= most) {
        this.#chunks.push(chunk);
      }
    });
  }

  get isTooLong(): boolean {
    return this.#bytes > this.#most;
  }

  async write(piece: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(piece, (error) => (error === null || error === undefined ? resolve() : reject(error)));
    });
  }

  /** Bytes in memory of their own: they go to another thread. */
  async end(): Promise<Uint8Array> {
    this.#stream.end();
    await this.#ended;
    const bytes = Buffer.allocUnsafeSlow(this.#bytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      at += chunk.copy(bytes, at);
    }
    return bytes;
  }

  destroy(): void {
    this.#stream.destroy();
  }
}

/**
 * Makes the text of a series from its headers, a piece at a time. Undefined for one that is too long to be kept: it is answered from the
 * headers each time.
 */
export async function makeText(
  headers: AsyncIterable<HeaderText>,
  root: string,
  { seriesTextBytes, seriesKeptBytes }: Limits,
): Promise<MadeText | undefined> {
  const deflating = new Compressing(
    createDeflateRaw({ level: 9, memLevel: 9, finishFlush: constants.Z_SYNC_FLUSH }),
    seriesKeptBytes,
  );
  const zstd = new Compressing(
    createZstdCompress({
      params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL, [constants.ZSTD_c_windowLog]: ZSTD_WINDOW_LOG },
    }),
    seriesKeptBytes,
  );
  const hash = createHash('sha256').update('[');
  let [instances, textBytes, checksum] = [0, 0, 0];
  try {
    await zstd.write(Buffer.from('['));
    for await (const { text, count } of pieces(headers, root)) {
      const piece = Buffer.from(text);
      textBytes += piece.byteLength;
      instances += count;
      if (textBytes > seriesTextBytes || deflating.isTooLong || zstd.isTooLong) {
        return undefined;
      }
      checksum = crc32(piece, checksum);
      hash.update(piece);
      await Promise.all([deflating.write(piece), zstd.write(piece)]);
    }
    await zstd.write(Buffer.from(']'));
    const [deflated, frame] = await Promise.all([deflating.end(), zstd.end()]);
    const isKept = instances > 0 && !deflating.isTooLong && !zstd.isTooLong;
    const sha256 = hash.update(']').digest('hex');
    return isKept ? { sha256, root, instances, textBytes, crc32: checksum, deflated, zstd: frame } : undefined;
  } finally {
    deflating.destroy();
    zstd.destroy();
  }
}

interface Piece {
  readonly text: string;
  /** Instances in it. */
  readonly count: number;
}

/** The text between the brackets, in pieces of some length. */
async function* pieces(headers: AsyncIterable<HeaderText>, root: string): AsyncGenerator<Piece, void> {
  let text = '';
  let count = 0;
  let before = '';
  for await (const header of headers) {
    text += before + withBulkDataUrls(header.text, instanceUrlOf(root, header));
    before = ',';
    count += 1;
    if (text.length >= PIECE_CHARACTERS) {
      yield { text, count };
      text = '';
      count = 0;
    }
  }
  if (text !== '') {
    yield { text, count };
  }
}
