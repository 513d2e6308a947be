/** What went wrong, as a word a program can decide by; HTTP statuses are chosen in `web/problem.ts`. */
export type AccessErrorCode =
  | 'invalid-request'
  | 'invalid-credentials'
  | 'weak-password'
  | 'not-found'
  | 'taken'
  | 'last-administrator'
  | 'too-many-attempts'
  | 'busy'
  | 'foreign-request'
  | 'link-used';

/** The one error this package throws. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;
  /** Seconds to wait before trying again. */
  readonly retryAfter: number | undefined;

  constructor(code: AccessErrorCode, message: string, options?: ErrorOptions & { readonly retryAfter?: number }) {
    super(message, options);
    this.code = code;
    this.retryAfter = options?.retryAfter;
  }
}
