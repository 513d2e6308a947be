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
  /** It is certain that nothing of what was asked for is in a database. */
  readonly notRun: boolean;
  /** Text of the Warning that the standard has for it. PS3.18 8.4.3. */
  readonly warning: string | undefined;

  constructor(
    code: ArchiveErrorCode,
    message: string,
    options?: ErrorOptions & {
      readonly members?: Readonly<Record<string, unknown>>;
      readonly notRun?: boolean;
      readonly warning?: string;
    },
  ) {
    super(message, options);
    this.code = code;
    this.members = options?.members;
    this.notRun = options?.notRun ?? false;
    this.warning = options?.warning;
  }
}
