import { inSqlite } from '../support/index-engines.ts';
import { describedContract } from './described-series.ts';
import { oddNamesContract } from './odd-names.ts';
import { searchContract } from './search.ts';

searchContract('in SQLite', inSqlite);
describedContract('in SQLite', inSqlite);
oddNamesContract('in SQLite', inSqlite);
