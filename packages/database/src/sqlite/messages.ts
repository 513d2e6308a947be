import type { ErrorData } from '../errors.ts';
import type { SqlText } from './connection.ts';

/** What a worker is started with. */
export interface WorkerStart {
  readonly file: string;
  /** URL of a module that exports `migrations` and `procedures`. */
  readonly schema: string;
}

export type WriterRequest =
  | { readonly id: number; readonly kind: 'call'; readonly name: string; readonly args: unknown }
  | { readonly id: number; readonly kind: 'backup'; readonly target: string }
  | { readonly id: number; readonly kind: 'close' };

export type ReaderRequest =
  | { readonly id: number; readonly kind: 'read'; readonly queries: readonly SqlText[] }
  | { readonly id: number; readonly kind: 'close' };

export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorData };
