import { Worker } from 'node:worker_threads';
import { Turns } from '@filmless/disk';
import sharp from 'sharp';
import type { Pictures, PlainPicture } from '../core/documents/model.ts';
import { ArchiveError } from '../core/errors.ts';
import { DEFAULT_PIXEL_LIMITS } from './limits.ts';

/** What the thread that turns an image answers. */
export type UprightReply = { readonly jpeg: Uint8Array | undefined } | { readonly problem: string };

/** Pictures that people add; one is turned at a time, in a thread that ends with it. */
export function createPictures(): Pictures {
  const turns = new Turns(1);
  return { decode, upright: (jpeg) => turns.run(() => inThread(jpeg)) };
}

async function decode(file: Uint8Array): Promise<PlainPicture> {
  try {
    const { data, info } = await sharp(file, { limitInputPixels: DEFAULT_PIXEL_LIMITS.maxPixels, failOn: 'error' })
      .rotate()
      .flatten({ background: '#ffffff' })
      .toColourspace((await isGrey(file)) ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1 && info.channels !== 3) {
      throw new ArchiveError('cannot-decode', `a picture of ${info.channels} channels`);
    }
    return { rows: info.height, columns: info.width, samplesPerPixel: info.channels, bytes: data };
  } catch (error) {
    if (error instanceof ArchiveError) {
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    const isLarge = reason.includes('exceeds pixel limit');
    throw new ArchiveError(isLarge ? 'limit-exceeded' : 'unreadable-media', `the picture cannot be read: ${reason}`, {
      cause: error,
    });
  }
}

async function isGrey(file: Uint8Array): Promise<boolean> {
  const { space } = await sharp(file).metadata();
  return space === 'b-w' || space === 'grey16';
}

const PATIENCE_MS = 60_000;

function inThread(jpeg: Uint8Array): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./upright-worker.ts', import.meta.url), { workerData: jpeg });
    const timer = setTimeout(() => void worker.terminate(), PATIENCE_MS);
    const fail = (reason: string): void => reject(new ArchiveError('unreadable-media', `the picture cannot be read: ${reason}`));
    worker.once('message', (reply: UprightReply) => ('problem' in reply ? fail(reply.problem) : resolve(reply.jpeg)));
    worker.once('error', (error) => fail(String(error)));
    worker.once('exit', () => {
      clearTimeout(timer);
      fail('it takes too long');
    });
  });
}
