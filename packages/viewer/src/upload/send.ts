import { ApiError } from '../api/client.ts';
import type { DicomFile } from './batches.ts';
import {
  isStowAnswer,
  newBoundary,
  readStowAnswer,
  type StowAnswer,
  type StowOutcome,
  stowBody,
  stowContentType,
} from './stow.ts';
import type { Transport } from './transport.ts';

export type FileOutcome = StowOutcome | { readonly status: 'failed'; readonly error: unknown };

export interface SendOptions {
  readonly transport: Transport;
  readonly onProgress: (sentBytes: number) => void;
  readonly signal: AbortSignal;
  /** Waits between attempts when the line is lost. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Before each further attempt; twice unless given. */
  readonly waitsMs?: readonly number[];
}

/** Waits before the second and third attempt. */
const WAITS_MS = [2_000, 8_000];

/**
 * Sends one request and says what became of each of its files, in their order. Files that the answer does not name (their meta
 * information lacks or belies the instance) go once more, each alone, so that no outcome is guessed; for the server, sending
 * an object twice is the same as once. Throws only when `signal` was aborted.
 */
export async function sendBatch(batch: readonly DicomFile[], options: SendOptions): Promise<readonly FileOutcome[]> {
  const answer = await persist(batch, options);
  if (!('byUid' in answer)) {
    return batch.map(() => answer);
  }
  const [only, ...others] = batch;
  if (only !== undefined && others.length === 0) {
    return [[...answer.byUid.values()].flat()[0] ?? answer.unnamed[0] ?? UNANSWERED];
  }
  const named = new Map([...answer.byUid].map(([uid, outcomes]) => [uid, [...outcomes]]));
  const known = batch.map((file) => named.get(file.sopInstanceUid ?? '')?.shift());
  const outcomes: FileOutcome[] = [];
  for (const [index, file] of batch.entries()) {
    outcomes.push(known[index] ?? (await sendBatch([file], { ...options, onProgress: () => undefined }))[0] ?? UNANSWERED);
  }
  return outcomes;
}

const UNANSWERED: FileOutcome = { status: 'failed', error: new ApiError(500, 'the answer names no instance') };

/** The answer, or why there is none after all attempts. */
async function persist(batch: readonly DicomFile[], options: SendOptions): Promise<StowAnswer | FileOutcome> {
  for (const wait of [...(options.waitsMs ?? WAITS_MS), undefined]) {
    try {
      return await attempt(batch, options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (wait === undefined || !isPassing(error)) {
        return { status: 'failed', error };
      }
      await options.pause(wait, options.signal);
    }
  }
  return UNANSWERED;
}

async function attempt(batch: readonly DicomFile[], { transport, onProgress, signal }: SendOptions): Promise<StowAnswer> {
  const boundary = newBoundary(crypto.getRandomValues(new Uint8Array(16)));
  const answer = await transport({ body: stowBody(batch, boundary), contentType: stowContentType(boundary), onProgress, signal });
  const module = jsonOf(answer.body);
  if (!isStowAnswer(module)) {
    throw new ApiError(answer.status, detailOf(module) ?? `HTTP ${answer.status}`);
  }
  return readStowAnswer(module);
}

/** A lost line, or a server that is busy or away for a moment. */
export function isPassing(error: unknown): boolean {
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
