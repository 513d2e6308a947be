/** What the threads of the index database import. */
export { migrations } from './migrations.ts';
export { procedures } from './procedures.ts';
