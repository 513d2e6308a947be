import type { ErrorData } from '../errors.ts';
import type { SqlText } from './connection.ts';

/** What a thread is asked for; `database` is a number its client gave at `open`. Several go in one message. */
export type ThreadRequest = Call | Read | Open | Close | Copy | End;

/** One procedure. */
export interface Call extends Addressed {
  readonly kind: 'call';
  readonly name: string;
  readonly args: unknown;
}

/** Queries over one snapshot. */
export interface Read extends Addressed {
  readonly kind: 'read';
  readonly queries: readonly SqlText[];
}

export interface Open extends Addressed {
  readonly kind: 'open';
  readonly file: string;
  /** URL of a module that exports `migrations` and `procedures`; without it the database is only read. */
  readonly schema?: string;
  /** Copies from before an upgrade that are kept beside the file. */
  readonly copies?: number;
  /** Whether its log gets the length of a busy one from the start. */
  readonly busy?: boolean;
}

interface Close extends Addressed {
  readonly kind: 'close';
}

/** Of a file that need not be open in this thread. */
interface Copy {
  readonly id: number;
  readonly kind: 'copy';
  readonly file: string;
  readonly target: string;
}

/** The last request of all. */
interface End {
  readonly id: number;
  readonly kind: 'end';
}

interface Addressed {
  readonly id: number;
  readonly database: number;
}

export type ThreadReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorData };

/** A request without its number. */
export type Body = ThreadRequest extends infer T ? (T extends { readonly id: number } ? Omit<T, 'id'> : never) : never;
