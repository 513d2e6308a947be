export { ALIGNMENT } from './aligned-memory.ts';
export { createReception } from './create-reception.ts';
export type * from './disk.ts';
export * from './disk-error.ts';
export { FolderSync } from './folder-sync.ts';
export { inOrder } from './in-order.ts';
export { NODE_DISK } from './node-disk.ts';
export type * from './reception.ts';
export { Turns } from './turns.ts';
