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
  | 'unsupported-media'
  | 'unreadable-media'
  | 'conflict'
  /** The right to it is missing. */
  | 'not-allowed'
  /** It is not of the version any more that the request is for. */
  | 'changed-meanwhile';

/** The one error this package throws. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  readonly code: ArchiveErrorCode;
  /** What a program is told beside the message. */
  readonly members: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ArchiveErrorCode,
    message: string,
    options?: ErrorOptions & { readonly members?: Readonly<Record<string, unknown>> },
  ) {
    super(message, options);
    this.code = code;
    this.members = options?.members;
  }
}
