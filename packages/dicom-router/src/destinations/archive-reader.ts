import { DicomError, type FoundFileMeta, parseContentType, readFileMeta, readMultipart } from '@filmless/dicom';
import { messageOf, RouterError } from '../errors.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';

/** File meta information is shorter than this by far. */
const MAX_META_BYTES = 1_048_576;
/** Gathered before the file meta information is looked for: most often it is there whole. */
const HEAD_BYTES = 4096;

/** The archive as it is read from: WADO-RS under `/dicom-web`, asked as whoever the instances are for. */
export type ReadArchive = (request: Request) => Promise<Response>;

/** The data set of an instance on its way, and apart from it its file meta information; to be closed whether it was read or not. */
export interface ArchivedDataSet {
  /** What it really is in: what was stored since may be in another than what was known of it. */
  readonly transferSyntaxUid: string;
  /** Preamble, prefix and file meta information: what stands before `bytes` in a Part 10 file. */
  readonly fileMeta: Uint8Array;
  /** Read once. Fails with RouterError `archive`. */
  readonly bytes: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Where an instance stands. */
type InstanceName = Pick<DeliveredInstance, 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid'>;

/**
 * Opens an archived instance, byte for byte as it is stored or in another transfer syntax. Resolves once its file meta information
 * is there, so that what cannot be had is known before anything is sent.
 * @throws RouterError `not-found` when the archive no longer has it, `not-acceptable` when it cannot be had in that syntax, `archive`
 */
export async function openArchived(
  archive: ReadArchive,
  instance: InstanceName,
  transferSyntaxUid: string | undefined,
  signal: AbortSignal,
): Promise<ArchivedDataSet> {
  const response = await request(archive, instance, transferSyntaxUid ?? '*', signal);
  const pieces = partBytes(response);
  try {
    const { head, meta, fileMeta } = await readHead(pieces);
    return {
      fileMeta,
      transferSyntaxUid: meta.transferSyntaxUid,
      bytes: dataSetOf(head, pieces),
      close: async () => {
        await pieces.return();
      },
    };
  } catch (error) {
    await pieces.return();
    throw brokenOff(error);
  }
}

function brokenOff(error: unknown): RouterError {
  return error instanceof RouterError ? error : new RouterError('archive', `the archive broke off: ${messageOf(error)}`);
}

/** PS3.18 10.4.1.1; `*` is the stored syntax. PS3.18 8.7.3.5.2. */
async function request(
  archive: ReadArchive,
  { studyInstanceUid, seriesInstanceUid, sopInstanceUid }: InstanceName,
  transferSyntaxUid: string,
  signal: AbortSignal,
): Promise<Response> {
  const path = `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
  const accept = `multipart/related; type="application/dicom"; transfer-syntax=${transferSyntaxUid}`;
  let response: Response;
  try {
    response = await archive(new Request(new URL(path, 'http://archive'), { headers: { accept }, signal }));
  } catch (error) {
    throw new RouterError('archive', `the archive does not answer: ${messageOf(error)}`, { cause: error });
  }
  if (response.ok) {
    return response;
  }
  await response.body?.cancel();
  switch (response.status) {
    case 404:
    case 410:
      throw new RouterError('not-found', 'the archive no longer has the instance');
    case 406:
    case 422:
      throw new RouterError('not-acceptable', `the archive cannot give the instance in transfer syntax ${transferSyntaxUid}`);
    default:
      throw new RouterError('archive', `the archive answered ${response.status}`);
  }
}

/** The bytes of the one part, or of the body when it is not multipart. */
async function* partBytes(response: Response): AsyncGenerator<Uint8Array, void, void> {
  const { type, parameters } = parseContentType(response.headers.get('content-type') ?? '');
  if (response.body === null) {
    throw new RouterError('archive', 'the archive answered with nothing');
  }
  if (!type.startsWith('multipart/')) {
    yield* response.body;
    return;
  }
  for await (const part of readMultipart(response.body, parameters.boundary ?? '')) {
    yield* part.body;
    return;
  }
  throw new RouterError('archive', 'the archive answered with no instance');
}

interface Head {
  /** What was read, from the first byte of the data set on. */
  readonly head: Uint8Array;
  readonly fileMeta: Uint8Array;
  readonly meta: FoundFileMeta['meta'];
}

/** @throws RouterError `archive`, DicomError */
async function readHead(pieces: AsyncGenerator<Uint8Array, void, void>): Promise<Head> {
  let head: Uint8Array = new Uint8Array(0);
  for (;;) {
    const { done, value } = await pieces.next();
    if (done !== true) {
      head = head.byteLength === 0 ? value : Buffer.concat([head, value]);
    }
    const found = done === true || head.byteLength >= HEAD_BYTES ? metaOf(head, done === true) : undefined;
    if (found !== undefined) {
      const { dataSetOffset, meta } = found;
      return { head: head.subarray(dataSetOffset), fileMeta: head.subarray(0, dataSetOffset), meta };
    }
  }
}

/** Undefined while the file meta information is not there whole. */
function metaOf(head: Uint8Array, ended: boolean): FoundFileMeta | undefined {
  try {
    return readFileMeta(head);
  } catch (error) {
    if (error instanceof DicomError && error.code === 'truncated' && !ended && head.byteLength < MAX_META_BYTES) {
      return undefined;
    }
    throw error;
  }
}

async function* dataSetOf(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void, void>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield head;
    yield* rest;
  } catch (error) {
    throw brokenOff(error);
  }
}
