import { movingProcedures } from '@filmless/database';

/** What the index on PostgreSQL is filled by from a SQLite one. */
export { migrations } from '../migrations.ts';
export const procedures: typeof movingProcedures = movingProcedures;
