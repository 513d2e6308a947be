/** What the threads of the index database import. */
export { besides } from './besides.ts';
export { migrations } from './migrations.ts';
export { procedures } from './procedures.ts';
