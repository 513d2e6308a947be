import { ArchiveError } from '../core/errors.ts';

/** The system's or the server's word for an error: `ENOSPC`, `NoSuchKey`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** No room: on a disk, in a quota, or (MinIO, RGW) in a bucket. */
const FULL: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
  'QuotaExceeded',
  'InsufficientCapacity',
]);

export function isFull(error: unknown): boolean {
  return FULL.has(errorCode(error) ?? '');
}

export function storeError(error: unknown, what: string): ArchiveError {
  if (error instanceof ArchiveError) {
    return error;
  }
  const code = errorCode(error);
  if (isFull(error)) {
    return new ArchiveError('store-full', `${what}: no space left (${code})`, { cause: error });
  }
  return new ArchiveError('store-away', `${what}: ${code ?? (error instanceof Error ? error.message : String(error))}`, {
    cause: error,
  });
}
