export type { Archive } from './archive.ts';
export type { ArrivalListener } from './core/arrival-news.ts';
export { ArchiveError, type ArchiveErrorCode } from './core/errors.ts';
export { ARCHIVE_LIMITS, type ArchiveLimits } from './core/limits.ts';
export type { Transfers } from './core/receipts/transfers.ts';
export type { StoreOutcome } from './core/store-outcome.ts';
export { type ArchiveOptions, createArchive } from './create-archive.ts';
export { migrations as archiveMigrations } from './records/schema.ts';
