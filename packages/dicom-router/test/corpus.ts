import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  bytesSource,
  DicomError,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  readFileMeta,
  readObject,
  transferSyntax,
} from '@filmless/dicom';
import type { OpenedDataSet } from '../src/derive/derive.ts';
import { RouterError } from '../src/errors.ts';

const SHARED: string = join(import.meta.dirname, '../../../../shared');
export const CORPUS: string = join(SHARED, 'corpus');
/** PS3.15 table E.1-1 as data. */
export const CONFIDENTIALITY_TABLE: string = join(SHARED, 'standard/confidentiality_profile_attributes.json');
export const CORPUS_THERE: boolean = existsSync(join(CORPUS, 'manifest.tsv')) && existsSync(CONFIDENTIALITY_TABLE);

/** Paths below the corpus. */
export function corpusFiles(): readonly string[] {
  const lines = CORPUS_THERE ? readFileSync(join(CORPUS, 'manifest.tsv'), 'utf8').trimEnd().split('\n').slice(1) : [];
  return lines.map((line) => line.split('\t')[0] ?? '');
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += 65_536) {
    yield bytes.subarray(at, at + 65_536);
  }
}

async function littleEndian(path: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'turned-'));
  try {
    await promisify(execFile)('/usr/bin/dcmconv', ['+te', path, join(folder, 'turned.dcm')]);
    return await readFile(join(folder, 'turned.dcm'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Opens a file as an archive would that decodes nothing: as it is, inflated, or with the bytes of its words turned round by DCMTK. */
export function openFile(path: string, file: Uint8Array): (transferSyntaxUid: string | undefined) => Promise<OpenedDataSet> {
  return async (wanted) => {
    const close = () => Promise.resolve();
    const fileMeta = new Uint8Array(0);
    try {
      const { meta, dataSetOffset } = readFileMeta(file);
      if (wanted === undefined || wanted === meta.transferSyntaxUid) {
        return { transferSyntaxUid: meta.transferSyntaxUid, bytes: inPieces(file.subarray(dataSetOffset)), fileMeta, close };
      }
      if (wanted === EXPLICIT_VR_LITTLE_ENDIAN && transferSyntax(meta.transferSyntaxUid).deflated) {
        const { inflated } = await readObject(bytesSource(file));
        const bytes = inflated?.bytes.subarray(inflated.dataSetOffset) ?? new Uint8Array(0);
        return { transferSyntaxUid: wanted, bytes: inPieces(bytes), fileMeta, close };
      }
      if (wanted === EXPLICIT_VR_LITTLE_ENDIAN && meta.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN) {
        const turned = await littleEndian(path);
        return {
          transferSyntaxUid: wanted,
          bytes: inPieces(turned.subarray(readFileMeta(turned).dataSetOffset)),
          fileMeta,
          close,
        };
      }
    } catch (error) {
      if (error instanceof DicomError) {
        throw new RouterError('archive', error.message);
      }
      throw error;
    }
    throw new RouterError('not-acceptable', `not in ${wanted}`);
  };
}
