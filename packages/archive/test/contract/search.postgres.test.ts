// needs: postgres
import { inPostgres } from '../support/index-engines.ts';
import { describedContract } from './described-series.ts';
import { oddNamesContract } from './odd-names.ts';
import { searchContract } from './search.ts';

searchContract('in PostgreSQL', inPostgres);
describedContract('in PostgreSQL', inPostgres);
oddNamesContract('in PostgreSQL', inPostgres);
