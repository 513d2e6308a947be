/** What went wrong, as a word a program can decide by; statuses are chosen at the rim. */
export type ArchiveErrorCode =
  | 'not-found'
  | 'no-such-frame'
  | 'invalid-request'
  | 'cannot-decode'
  | 'limit-exceeded'
  | 'busy'
  | 'store-full'
  | 'store-away'
  | 'not-acceptable'
  | 'conflict';

/** The one error this package throws. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  readonly code: ArchiveErrorCode;

  constructor(code: ArchiveErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
