/** `failed`: the disk did not do what was asked; `full`: it has no room, or is kept from filling up; `too-long`: the object is. */
export type DiskErrorCode = 'full' | 'too-long' | 'failed';

/** The one error this package throws of its own accord; the system's own errors are its causes. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: DiskErrorCode;

  constructor(code: DiskErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** No room on a disk or in a quota, and a file longer than the file system takes. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The system's word for an error: `ENOSPC`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** An error of the system in the words of this package. `what` says what could not be done. */
export function diskError(error: unknown, what: string): DiskError {
  if (error instanceof DiskError) {
    return error;
  }
  const code = systemCode(error);
  const why = code ?? (error instanceof Error ? error.message : String(error));
  return code !== undefined && FULL.has(code)
    ? new DiskError('full', `${what}: no space left (${why})`, { cause: error })
    : new DiskError('failed', `${what}: ${why}`, { cause: error });
}
