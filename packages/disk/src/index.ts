export type * from './disk.ts';
export type * from './reception.ts';
