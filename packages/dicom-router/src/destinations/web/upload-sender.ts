import { createHash } from 'node:crypto';
import type { Meter } from '@filmless/access';
import { RouterError } from '../../errors.ts';
import type { RouterLimits } from '../../limits.ts';
import type { Delivery } from '../../records/deliveries.ts';
import type { Clock } from '../clock.ts';
import { paced } from '../line/paced.ts';
import { fileBytes, type OpenFile } from '../part10.ts';
import type { SendOutcome } from '../send-instances.ts';
import type { Outgoing, Report } from '../transport.ts';
import type { HttpClient } from './http-client.ts';
import { sourceHeader } from './source-header.ts';
import { notOpened } from './stow-body.ts';
import { bodyText, serverProblem, words } from './web-problem.ts';

export interface UploadOptions {
  readonly client: HttpClient;
  readonly openFile: OpenFile;
  readonly limits: RouterLimits;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly relay: boolean;
}

/** An upload as the receiver has it. */
interface Upload {
  readonly id: string;
  /** Bytes that are safe there. */
  readonly offset: number;
  /** What became of it once it is whole. */
  readonly outcome?: { readonly status: string; readonly reason?: string; readonly message?: string } | undefined;
}

/** What a file is known by before it is sent. */
interface Measured {
  readonly length: number;
  readonly sha256: string;
  readonly sopInstanceUid: string;
}

const ANSWER_BYTES = 65_536;

/**
 * Sends large instances one after the other to another Filmless. The receiver keeps what it got of one: whatever breaks off, the next try
 * goes on from there, for the same file is the same upload.
 * @throws RouterError when nothing can be sent at the moment
 */
export async function sendByUpload(
  options: UploadOptions,
  deliveries: readonly Delivery[],
  report: Report,
  outgoing: Outgoing,
): Promise<void> {
  for (const delivery of deliveries) {
    const began = performance.now();
    const outcome = await uploadOne(options, delivery, outgoing);
    options.meter.observe('delivery', (performance.now() - began) / 1000);
    await report(delivery, outcome);
  }
}

async function uploadOne(options: UploadOptions, delivery: Delivery, outgoing: Outgoing): Promise<SendOutcome> {
  let measured: Measured;
  try {
    measured = await measure(options, delivery, outgoing.signal);
  } catch (error) {
    outgoing.signal.throwIfAborted();
    return notOpened(error);
  }
  const begun = await begin(options, delivery, measured, outgoing.signal);
  if ('kind' in begun) {
    return begun;
  }
  let upload: Upload = begun;
  while (upload.outcome === undefined) {
    const before = upload.offset;
    upload = await append(options, delivery, upload, measured, outgoing);
    if (upload.outcome === undefined && upload.offset <= before) {
      throw new RouterError('protocol', `the upload does not advance beyond ${before} bytes`);
    }
  }
  return outcomeOf(upload.outcome);
}

/** Reads it once to know it: the receiver compares, and knows by it what it has of it already. */
async function measure({ openFile }: UploadOptions, delivery: Delivery, signal: AbortSignal): Promise<Measured> {
  const file = await openFile(delivery, signal);
  const hash = createHash('sha256');
  let length = 0;
  try {
    for await (const piece of fileBytes(file)) {
      hash.update(piece);
      length += piece.byteLength;
    }
  } finally {
    await file.close();
  }
  return { length, sha256: hash.digest('hex'), sopInstanceUid: file.sopInstanceUid };
}

async function begin(
  { client, clock, limits, relay }: UploadOptions,
  { origin }: Delivery,
  { sopInstanceUid, length, sha256 }: Measured,
  signal: AbortSignal,
): Promise<Upload | SendOutcome> {
  const source = relay ? sourceHeader(origin) : undefined;
  const response = await client.fetch('/api/uploads', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(source === undefined ? {} : { 'filmless-source': source }) },
    body: Buffer.from(JSON.stringify({ sopInstanceUid, length, sha256 })),
    signal,
  });
  const problem = await serverProblem(response, clock.now(), limits.deliveryMaxDelayMs);
  if (problem !== undefined) {
    throw problem;
  }
  return response.ok ? await readUpload(response) : await refused(response);
}

/** One request's worth of bytes from where the upload stands. */
async function append(
  { client, openFile, clock, limits }: UploadOptions,
  delivery: Delivery,
  { id, offset }: Upload,
  { length }: Measured,
  outgoing: Outgoing,
): Promise<Upload> {
  const until = Math.min(length, offset + limits.uploadRequestBytes);
  const file = await openFile(delivery, outgoing.signal);
  try {
    const response = await client.fetch(`/api/uploads/${id}`, {
      method: 'PATCH',
      headers: {
        'content-type': 'application/offset+octet-stream',
        'content-length': String(until - offset),
        'upload-offset': String(offset),
      },
      body: paced(between(fileBytes(file), offset, until), outgoing),
      signal: outgoing.signal,
    });
    const problem = await serverProblem(response, clock.now(), limits.deliveryMaxDelayMs);
    if (problem !== undefined) {
      throw problem;
    }
    if (!response.ok) {
      const said = await words(response, 'it does not say why');
      throw new RouterError('closed', `the upload broke off (${response.status}): ${said}`);
    }
    return await readUpload(response);
  } finally {
    await file.close();
  }
}

/** The bytes from one place to another, which is behind it. */
async function* between(bytes: AsyncIterable<Uint8Array>, from: number, until: number): AsyncGenerator<Uint8Array, void, void> {
  let at = 0;
  for await (const piece of bytes) {
    const part = piece.subarray(Math.max(0, from - at), Math.max(0, until - at));
    if (part.byteLength > 0) {
      yield part;
    }
    at += piece.byteLength;
    if (at >= until) {
      return;
    }
  }
}

/** @throws RouterError `protocol` */
async function readUpload(response: Response): Promise<Upload> {
  try {
    return parseUpload(JSON.parse(await bodyText(response, ANSWER_BYTES)));
  } catch (error) {
    throw new RouterError('protocol', 'it did not answer as a Filmless does: check the address of the destination', {
      cause: error,
    });
  }
}

function parseUpload(value: unknown): Upload {
  const { id, offset, outcome } = value as Upload;
  if (typeof id !== 'string' || !/^[0-9a-f]{1,64}$/.test(id) || !Number.isSafeInteger(offset)) {
    throw new RouterError('protocol', 'no upload');
  }
  return { id, offset, outcome };
}

async function refused(response: Response): Promise<SendOutcome> {
  const { status } = response;
  return {
    kind: status >= 500 ? 'again' : 'aside',
    problem: `answered ${status}`,
    comment: await words(response, 'it does not say why'),
  };
}

function outcomeOf({ status, reason = '', message = '' }: NonNullable<Upload['outcome']>): SendOutcome {
  switch (status) {
    case 'stored':
    case 'identical':
      return { kind: 'done' };
    case 'conflict':
      // Kept aside there for a person to decide. PS3.18 I.2.1.
      return { kind: 'done', status: 0xb000 };
    default:
      return {
        kind: reason === 'full' || reason === 'away' ? 'again' : 'aside',
        problem: `refused: ${reason}`,
        comment: message,
      };
  }
}
