import { type BodyPieces, Filler, parseContentType, piecesOf, readMultipart, type SendBuffers, takeParts } from '@filmless/dicom';
import { messageOf, RouterError } from '../errors.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import { type ArchivedDataSet, brokenOff, openDataSet } from './archived-data-set.ts';

/** The archive as it is read from: WADO-RS under `/dicom-web`, asked as whoever the instances are for. */
export type ReadArchive = (request: Request) => Promise<Response>;

/** Where instances stand. */
export type InstanceName = Pick<DeliveredInstance, 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid'>;

/** What archived instances are read with. */
export interface ReadingArchive {
  readonly archive: ReadArchive;
  /** What they are read into. */
  readonly buffers: SendBuffers;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens an archived instance, byte for byte as it is stored or in another transfer syntax. Resolves once its file meta information
 * is there, so that what cannot be had is known before anything is sent.
 * @throws RouterError `not-found` when the archive no longer has it, `not-acceptable` when it cannot be had in that syntax, `archive`
 */
export async function openArchived(
  reading: ReadingArchive,
  instance: InstanceName,
  transferSyntaxUid: string | undefined,
): Promise<ArchivedDataSet> {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = instance;
  const path = `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
  const response = await askArchive(reading, path, transferSyntaxUid ?? '*');
  const { pieces, lastModified } = await instancePieces(response).catch(async (error: unknown) => {
    await response.body?.cancel().catch(() => undefined);
    throw brokenOff(error);
  });
  const storedAt = Date.parse(lastModified ?? '');
  return await openDataSet(new Filler(pieces, reading.buffers), reading.buffers, Number.isNaN(storedAt) ? undefined : storedAt);
}

/**
 * PS3.18 10.4.1.1; `*` is the stored syntax. PS3.18 8.7.3.5.2.
 * @throws RouterError as `openArchived`
 */
export async function askArchive(
  { archive, signal }: ReadingArchive,
  path: string,
  transferSyntaxUid: string,
): Promise<Response> {
  const accept = `multipart/related; type="application/dicom"; transfer-syntax=${transferSyntaxUid}`;
  let response: Response;
  try {
    const options = { headers: { accept }, ...(signal === undefined ? {} : { signal }) };
    response = await archive(new Request(new URL(path, 'http://archive'), options));
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

interface FoundInstance {
  readonly pieces: BodyPieces;
  readonly lastModified: string | null | undefined;
}

/** The bytes of the one part, or of the body when it is not multipart. */
async function instancePieces({ headers, body }: Response): Promise<FoundInstance> {
  if (body === null) {
    throw new RouterError('archive', 'the archive answered with nothing');
  }
  const { type, parameters } = parseContentType(headers.get('content-type') ?? '');
  if (!type.startsWith('multipart/')) {
    return { pieces: piecesOf(body), lastModified: headers.get('last-modified') };
  }
  const parts = takeParts(body);
  if (parts === undefined) {
    return await firstPart(body, parameters.boundary ?? '');
  }
  const { done, value } = await parts.next();
  if (done === true) {
    throw new RouterError('archive', 'the archive answered with no instance');
  }
  // The one part that is wanted is the only one there is.
  await parts.return?.();
  return { pieces: piecesOf(value.body), lastModified: value.headers['last-modified'] };
}

async function firstPart(body: ReadableStream<Uint8Array>, boundary: string): Promise<FoundInstance> {
  const parts = readMultipart(body, boundary);
  const { done, value } = await parts.next();
  if (done === true) {
    throw new RouterError('archive', 'the archive answered with no instance');
  }
  return { pieces: only(parts, value.body), lastModified: value.headers.get('last-modified') };
}

/** Of a part that no other is read after. */
async function* only(parts: AsyncIterator<unknown>, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* body;
  } finally {
    await parts.return?.();
  }
}
