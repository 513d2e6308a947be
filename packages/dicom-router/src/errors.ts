import type { Finding } from './finding.ts';

/** What went wrong, as a word a program can decide by; rejections, aborts and statuses are chosen at the rim. */
export type RouterErrorCode =
  | 'invalid-pdu'
  | 'invalid-command'
  | 'protocol'
  | 'rejected'
  | 'aborted'
  | 'closed'
  | 'timeout'
  | 'unreachable'
  | 'unauthorized'
  | 'untrusted'
  | 'limit-exceeded'
  | 'too-long'
  | 'interrupted'
  | 'context-refused'
  | 'status'
  | 'archive'
  | 'full'
  | 'invalid-request'
  | 'not-found'
  | 'not-acceptable'
  | 'conflict'
  | 'changed'
  | 'not-derivable';

export interface RouterErrorOptions extends ErrorOptions {
  /** How long it is no use to try again, where the peer says so. */
  readonly retryAfterMs?: number | undefined;
  readonly finding?: Finding | undefined;
}

/** The one error this package throws. */
export class RouterError extends Error {
  override readonly name = 'RouterError';
  readonly code: RouterErrorCode;
  readonly retryAfterMs: number | undefined;
  /** What a person is told of it, where the code does not say enough. */
  readonly finding: Finding | undefined;

  constructor(code: RouterErrorCode, message: string, options?: RouterErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs;
    this.finding = options?.finding;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
