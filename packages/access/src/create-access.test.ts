import { accessContract } from '../test/access-contract.ts';
import { onSqlite } from '../test/harness.ts';

accessContract('SQLite', onSqlite);
