import type { ErrorData } from '../errors.ts';
import type { SqlText } from './connection.ts';

/** What a worker is started with. */
export interface WorkerStart {
  readonly file: string;
  /** URL of a module that exports `migrations` and `procedures`. */
  readonly schema: string;
}

/** Queries over one snapshot. */
export interface ReadRequest {
  readonly id: number;
  readonly kind: 'read';
  readonly queries: readonly SqlText[];
}

export type WriterRequest =
  | { readonly id: number; readonly kind: 'call'; readonly name: string; readonly args: unknown }
  /** Only of a database without readers of its own. */
  | ReadRequest
  | { readonly id: number; readonly kind: 'backup'; readonly target: string }
  | { readonly id: number; readonly kind: 'close' };

export type ReaderRequest = ReadRequest | { readonly id: number; readonly kind: 'close' };

export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorData };
