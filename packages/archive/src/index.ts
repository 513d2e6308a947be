export type { Archive, ReceivedFile, StoreOutcome } from './archive.ts';
export { ArchiveError, type ArchiveErrorCode } from './core/errors.ts';
