import { accessContract } from '../test/access-contract.ts';
import { onSqlite } from '../test/harness.ts';
import { settingsContract } from '../test/settings-contract.ts';

accessContract('SQLite', onSqlite);
settingsContract('SQLite', onSqlite);
