import { ApiError } from '../api/client.ts';
import type { DicomFile } from './batches.ts';
import { isStowAnswer, newBoundary, readStowAnswer, type StowOutcome, stowBody, stowContentType } from './stow.ts';
import type { Transport } from './transport.ts';

export type FileOutcome = StowOutcome | { readonly status: 'failed'; readonly error: unknown };

export interface SendOptions {
  readonly transport: Transport;
  readonly onProgress: (sentBytes: number) => void;
  readonly signal: AbortSignal;
  /** Waits between attempts when the line is lost. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Waits before the second and third attempt. */
const WAITS_MS = [2_000, 8_000];

/** Sends one request and says what became of each of its files, in their order. Throws only when `signal` was aborted. */
export async function sendBatch(batch: readonly DicomFile[], options: SendOptions): Promise<readonly FileOutcome[]> {
  for (const wait of [...WAITS_MS, undefined]) {
    try {
      return await attempt(batch, options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (wait === undefined || !isPassing(error)) {
        return batch.map(() => ({ status: 'failed', error }));
      }
      await options.pause(wait, options.signal);
    }
  }
  return [];
}

async function attempt(
  batch: readonly DicomFile[],
  { transport, onProgress, signal }: SendOptions,
): Promise<readonly FileOutcome[]> {
  const boundary = newBoundary(crypto.getRandomValues(new Uint8Array(16)));
  const answer = await transport({ body: stowBody(batch, boundary), contentType: stowContentType(boundary), onProgress, signal });
  const module = jsonOf(answer.body);
  if (!isStowAnswer(module)) {
    throw new ApiError(answer.status, detailOf(module) ?? `HTTP ${answer.status}`);
  }
  const { byUid, unnamed } = readStowAnswer(module);
  const rest = [...unnamed];
  return batch.map(
    (file) => byUid.get(file.sopInstanceUid ?? '') ?? rest.shift() ?? unaccounted(batch, byUid.size + unnamed.length),
  );
}

/** A file whose meta information lacks or belies its UID: when everything was answered for, its own answer is among the others. */
function unaccounted(batch: readonly DicomFile[], answered: number): FileOutcome {
  return answered >= batch.length
    ? { status: 'stored', reason: 0 }
    : { status: 'failed', error: new ApiError(500, 'the answer does not name this file') };
}

/** A lost line, or a server that is busy or away for a moment. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiError && [0, 408, 429, 502, 503, 504].includes(error.status);
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function detailOf(problem: unknown): string | undefined {
  if (typeof problem === 'object' && problem !== null && 'detail' in problem && typeof problem.detail === 'string') {
    return problem.detail;
  }
  return undefined;
}
