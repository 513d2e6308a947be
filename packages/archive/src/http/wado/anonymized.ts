import { createHmac, randomBytes } from 'node:crypto';
import {
  type DataSet,
  DicomError,
  deidentify,
  EXPLICIT_VR_LITTLE_ENDIAN,
  firstText,
  streamOfPieces,
  TAG,
  transferSyntax,
  writeDataSet,
  writeFileMeta,
} from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader } from '../../core/model.ts';
import type { HttpContext } from '../context.ts';
import { tableReader } from './frame-bytes.ts';
import { recodePixels } from './transcode-pixels.ts';

const SECRET_BYTES = 32;
const PIXELS = /^7FE0/;

export interface Anonymized {
  readonly body: ReadableStream<Uint8Array>;
  readonly transferSyntaxUid: string;
}

/**
 * Takes from objects who they are of, by the Basic Application Level Confidentiality Profile without any option. PS3.15 E.2, PS3.18
 * 9.1.2.1.3. NOTE: under a secret that is forgotten when the server ends: nobody, not even this server, can tell later whose they were,
 * and objects that are asked for one after the other still belong together. What must go on belonging together, a profile of de-identification sends.
 */
export class Anonymizer {
  readonly #secret = randomBytes(SECRET_BYTES);

  /** Uncompressed. @throws ArchiveError `not-acceptable`, with the reason, for what cannot be made safe */
  async object(context: HttpContext, instance: InstanceHeader): Promise<Anonymized> {
    const dataSet = await this.#header(instance);
    const transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN;
    const pixels = await recodePixels(context, instance, 'native', transferSyntax(transferSyntaxUid));
    const before = { ...dataSet, ...pixels?.attributes };
    const header = Object.fromEntries(Object.entries(before).filter(([tag]) => !PIXELS.test(tag) && tag < 'FFFA'));
    const values = await this.#values(context, instance, header);
    const meta = writeFileMeta({
      mediaStorageSopClassUid: instance.sopClassUid,
      mediaStorageSopInstanceUid: firstText(dataSet, TAG.SOPInstanceUID) ?? '',
      transferSyntaxUid,
    });
    const written = writeDataSet(header, { explicitVr: true, bulkData: (uri) => values.get(uri) });
    return { body: streamOfPieces(piecesOf([meta, written], pixels)), transferSyntaxUid };
  }

  async #header({ header, transferSyntaxUid }: InstanceHeader): Promise<DataSet> {
    const mac = (message: Uint8Array) => createHmac('sha256', this.#secret).update(message).digest();
    try {
      const made = await deidentify(header, {
        profile: { options: [] },
        name: 'WADO-URI',
        scope: 'wado-uri',
        mac,
        transferSyntaxUid,
      });
      if (made.areas.length > 0 || made.clearsUnusedBits) {
        throw new ArchiveError(
          'not-acceptable',
          'The pixels hold an overlay in unused bits: send it by a de-identification profile.',
        );
      }
      return made.dataSet;
    } catch (error) {
      throw error instanceof DicomError && error.code === 'not-deidentifiable'
        ? new ArchiveError('not-acceptable', `It cannot be made anonymous: ${error.message}`)
        : error;
    }
  }

  /** The values that are left of those a header only refers to. */
  async #values(context: HttpContext, instance: InstanceHeader, header: DataSet): Promise<ReadonlyMap<string, Uint8Array>> {
    const read = tableReader(context, instance);
    const values = new Map<string, Uint8Array>();
    for (const uri of referredIn(header)) {
      values.set(uri, await read(uri));
    }
    return values;
  }
}

async function* piecesOf(
  before: readonly Uint8Array[],
  pixels: Awaited<ReturnType<typeof recodePixels>>,
): AsyncGenerator<Uint8Array | ReadableStream<Uint8Array>, void, void> {
  yield* before;
  if (pixels !== undefined) {
    yield* pixels.pieces();
  }
}

/** Addresses of the values that lie outside of a header, at every depth. */
function referredIn(header: DataSet): readonly string[] {
  const found: string[] = [];
  const open: DataSet[] = [header];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { vr, Value, BulkDataURI } of Object.values(next)) {
      if (BulkDataURI !== undefined) {
        found.push(BulkDataURI);
      } else if (vr === 'SQ') {
        open.push(...(Value ?? []).filter((item): item is DataSet => typeof item === 'object' && item !== null));
      }
    }
  }
  return found;
}
