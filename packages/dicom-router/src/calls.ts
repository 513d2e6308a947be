import type { RefusedContext } from './ul/association.ts';

/** What we call another node for. */
export type CallPurpose = 'delivery' | 'move' | 'commitment' | 'echo' | 'test-image';

/** Whom we call, and what for. */
export interface Call {
  readonly purpose: CallPurpose;
  /** The destination whose deliveries are sent. */
  readonly destination?: string | undefined;
  /** AE title of the node; empty where it has none. */
  readonly calledAe: string;
  readonly callingAe: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** What came of a call. */
export interface CallEnd {
  /** What the log calls the association; absent where there came to be none. */
  readonly id?: string;
  /** Why it did not come to be, or broke. */
  readonly error?: unknown;
  readonly milliseconds: number;
  /** C-STOREs that the peer kept, and operations that it refused. */
  readonly stored: number;
  /** Contexts accepted, and those refused whose SOP class was accepted in none. */
  readonly contexts?: { readonly accepted: readonly string[]; readonly refused: readonly RefusedContext[] };
  readonly refusals: readonly Refusal[];
}

/** An operation of ours that the peer refused. */
export interface Refusal {
  readonly commandField: number;
  readonly status: number;
}

/** Told of each call once it is over; never waits and never fails. */
export interface Calls {
  ended(call: Call, end: CallEnd): void;
}
