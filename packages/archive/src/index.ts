export type { Archive } from './archive.ts';
export { ArchiveError, type ArchiveErrorCode } from './core/errors.ts';
export type { ReceivedFile, StoreOutcome } from './core/received-file.ts';
