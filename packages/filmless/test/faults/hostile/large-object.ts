import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { request } from 'node:http';
import { writeFileMeta } from '@filmless/dicom';
import { ADMIN_TOKEN, type Product } from '../../support/product.ts';
import { cStore, pieces } from './c-store.ts';
import type { Names } from './data-sets.ts';
import { element, identity, imageAttributes, namesOf } from './elements.ts';
import { CT_IMAGE, EXPLICIT } from './pdus.ts';
import { peakMb, resetPeak, residentMb } from './watch.ts';

const SIDE = 512;
export const FRAME_BYTES: number = SIDE * SIDE * 2;
export const FRAMES = 4096;

/** A multi-frame object of 2 GiB that is never whole anywhere but on the server's disk. */
export class LargeObject {
  readonly names: Names;
  readonly #head: Buffer;

  constructor(what: string) {
    this.names = namesOf(what);
    const image = imageAttributes({ rows: SIDE, columns: SIDE, frames: String(FRAMES), allocated: 16, stored: 16 });
    const pixels = element('7FE00010', 'OW', Buffer.alloc(0), FRAMES * FRAME_BYTES);
    this.#head = Buffer.concat([identity(this.names, CT_IMAGE), image, pixels]);
  }

  /** Each frame begins with its number, so that one can be told from another. */
  static frame(number: number): Buffer {
    const frame = Buffer.alloc(FRAME_BYTES, number & 0xff);
    frame.writeUInt32LE(number, 0);
    return frame;
  }

  get bytes(): number {
    return this.#head.byteLength + FRAMES * FRAME_BYTES;
  }

  *dataSet(): Generator<Uint8Array> {
    yield this.#head;
    for (let number = 1; number <= FRAMES; number += 1) {
      yield* pieces(LargeObject.frame(number));
    }
  }
}

export interface Transfer {
  readonly outcome: string;
  readonly seconds: number;
  /** Most resident memory of the server from the first byte to the answer, and what it had before. */
  readonly peakMb: number;
  readonly beforeMb: number;
}

export async function sendByCStore(product: Product, object: LargeObject): Promise<Transfer> {
  return await measured(product, async () => {
    const to = { port: product.dicomPort, callingAe: 'LARGE', sopClass: CT_IMAGE, transferSyntax: EXPLICIT };
    const stored = await cStore({ ...to, sopInstance: object.names.sop, dataSet: object.dataSet() });
    return stored.kind === 'status'
      ? `${stored.status.toString(16).padStart(4, '0').toUpperCase()}H ${stored.comment}`.trim()
      : stored.kind;
  });
}

export async function sendByStow(product: Product, object: LargeObject): Promise<Transfer> {
  return await measured(product, async () => {
    const meta = { mediaStorageSopClassUid: CT_IMAGE, mediaStorageSopInstanceUid: object.names.sop, transferSyntaxUid: EXPLICIT };
    const opening = Buffer.concat([Buffer.from('--part\r\ncontent-type: application/dicom\r\n\r\n'), writeFileMeta(meta)]);
    const closing = Buffer.from('\r\n--part--\r\n');
    const { hostname, port } = new URL(product.url);
    const sent = request({
      hostname,
      port,
      method: 'POST',
      path: '/dicom-web/studies',
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        'content-type': 'multipart/related; type="application/dicom"; boundary=part',
        'content-length': String(opening.byteLength + object.bytes + closing.byteLength),
      },
    });
    const answered = once(sent, 'response');
    sent.write(opening);
    for (const piece of object.dataSet()) {
      if (!sent.write(piece)) {
        await once(sent, 'drain');
      }
    }
    sent.end(closing);
    const [response] = (await answered) as [{ statusCode: number; resume: () => void }];
    response.resume();
    return String(response.statusCode);
  });
}

async function measured(product: Product, send: () => Promise<string>): Promise<Transfer> {
  const before = await residentMb(product);
  await resetPeak(product);
  const began = performance.now();
  const outcome = await send();
  const seconds = (performance.now() - began) / 1000;
  return {
    outcome,
    seconds: Math.round(seconds * 10) / 10,
    peakMb: Math.round(await peakMb(product)),
    beforeMb: Math.round(before),
  };
}

/** Whether the folder's disk has room for so much and for what a server wants to be left alone with. */
export async function hasRoomFor(folder: string, bytes: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize > bytes + 3 * 2 ** 30;
}
