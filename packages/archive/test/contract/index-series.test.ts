import { inSqlite } from '../support/index-engines.ts';
import { seriesContract } from './index-series.ts';

seriesContract('in SQLite', inSqlite);
