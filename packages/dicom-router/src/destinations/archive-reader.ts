import { DicomError, parseContentType, readFileMeta, readMultipart } from '@filmless/dicom';
import { messageOf, RouterError } from '../errors.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import type { ArchiveFetch } from '../router.ts';

/** File meta information is shorter than this by far. */
const MAX_META_BYTES = 1_048_576;
/** Gathered before the file meta information is looked for: most often it is there whole. */
const HEAD_BYTES = 4096;

/**
 * The data set of an archived instance, byte for byte as it is stored, without its file meta information.
 * @throws RouterError `not-found` when the archive no longer has it, `archive` otherwise; the stream fails with `archive`
 */
export async function* readArchived(
  fetch: ArchiveFetch,
  instance: DeliveredInstance,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const response = await request(fetch, instance, signal);
  try {
    yield* dataSetOf(partBytes(response), instance.transferSyntaxUid);
  } catch (error) {
    throw error instanceof RouterError ? error : new RouterError('archive', `the archive broke off: ${messageOf(error)}`);
  }
}

/** PS3.18 10.4.1.1, with the stored syntax asked for. PS3.18 8.7.3.5.2. */
async function request(fetch: ArchiveFetch, instance: DeliveredInstance, signal: AbortSignal): Promise<Response> {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = instance;
  const path = `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  let response: Response;
  try {
    response = await fetch(new Request(new URL(path, 'http://archive'), { headers: { accept }, signal }));
  } catch (error) {
    throw new RouterError('archive', `the archive does not answer: ${messageOf(error)}`, { cause: error });
  }
  if (response.status === 404 || response.status === 410) {
    await response.body?.cancel();
    throw new RouterError('not-found', 'the archive no longer has the instance');
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new RouterError('archive', `the archive answered ${response.status}`);
  }
  return response;
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

async function* dataSetOf(file: AsyncIterable<Uint8Array>, transferSyntaxUid: string): AsyncGenerator<Uint8Array, void, void> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const piece of file) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    head = Buffer.concat([head, piece]);
    const offset: number | undefined = head.byteLength < HEAD_BYTES ? undefined : dataSetOffset(head, transferSyntaxUid, false);
    if (offset !== undefined) {
      yield head.subarray(offset);
      head = undefined;
    }
  }
  if (head !== undefined) {
    yield head.subarray(dataSetOffset(head, transferSyntaxUid, true));
  }
}

/** Undefined while the file meta information is not there whole. */
function dataSetOffset(head: Uint8Array, transferSyntaxUid: string, ended: boolean): number | undefined {
  try {
    const found = readFileMeta(head);
    if (found.meta.transferSyntaxUid !== transferSyntaxUid) {
      throw new RouterError('archive', `the archive answered in transfer syntax ${found.meta.transferSyntaxUid}`);
    }
    return found.dataSetOffset;
  } catch (error) {
    if (error instanceof DicomError && error.code === 'truncated' && !ended && head.byteLength < MAX_META_BYTES) {
      return undefined;
    }
    throw error;
  }
}
