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
  | 'conflict';

/** The one error this package throws. */
export class RouterError extends Error {
  override readonly name = 'RouterError';
  readonly code: RouterErrorCode;

  constructor(code: RouterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
