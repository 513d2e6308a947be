import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesSource, frameRanges, type ReadObject, readObject } from '@filmless/dicom';
import type { EncodedFrame } from '../../src/core/ports.ts';
import { wholeWords } from '../../src/http/wado/frame-bytes.ts';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const CORPUS = join(REPOSITORY, '../shared/corpus');
const FIXTURES = join(REPOSITORY, 'fixtures/files');

/** The corpus when it is there, the repository's own files otherwise. */
export const filesRoot: string = existsSync(CORPUS) ? CORPUS : FIXTURES;
export const hasCorpus: boolean = filesRoot === CORPUS;

const NOT_DICOM = /\.(md|tsv|txt|json|ts)$/;

/** Paths of all files, relative to `filesRoot`. */
export function allFiles(): readonly string[] {
  return readdirSync(filesRoot, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_DICOM.test(entry.name))
    .map((entry) => relative(filesRoot, join(entry.parentPath, entry.name)))
    .sort();
}

export interface StoredObject {
  readonly object: ReadObject;
  frame(index: number): EncodedFrame;
}

export async function openObject(path: string): Promise<StoredObject> {
  const bytes = new Uint8Array(readFileSync(join(filesRoot, path)));
  const object = await readObject(bytesSource(bytes));
  const content = object.inflated?.bytes ?? bytes;
  return { object, frame: (index) => frameOf(object, content, index) };
}

function frameOf(object: ReadObject, content: Uint8Array, frameIndex: number): EncodedFrame {
  const location = frameRanges(object.frames, frameIndex);
  const { ranges, firstBit } = wholeWords(location, object.frames, object.transferSyntax.bigEndianPixels);
  const runs = ranges.map(({ offset, length }) => content.subarray(offset, offset + length));
  return {
    header: object.header,
    transferSyntaxUid: object.transferSyntax.uid,
    length: runs.reduce((sum, run) => sum + run.byteLength, 0),
    read: () => Promise.resolve(Buffer.concat(runs)),
    frameIndex,
    firstBit,
    bulk: (uri) => {
      const found = object.bulk.find(({ path }) => uri.endsWith(path));
      return Promise.resolve(content.slice(found?.offset ?? 0, (found?.offset ?? 0) + (found?.length ?? 0)));
    },
  };
}

/** First, middle and last. */
export function someFrames(count: number): readonly number[] {
  return [...new Set([0, Math.floor(count / 2), count - 1])].filter((index) => index >= 0 && index < count);
}
