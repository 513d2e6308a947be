import { inSqlite } from '../support/index-engines.ts';
import { indexContract } from './index-port.ts';

indexContract('in SQLite', inSqlite);
