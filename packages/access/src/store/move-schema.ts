import { movingProcedures } from '@filmless/database';

/** What accounts and the audit trail on PostgreSQL are filled by from SQLite ones. */
export { migrations } from './migrations.ts';
export const procedures: typeof movingProcedures = movingProcedures;
