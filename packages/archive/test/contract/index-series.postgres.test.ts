// needs: postgres
import { inPostgres } from '../support/index-engines.ts';
import { seriesContract } from './index-series.ts';

seriesContract('in PostgreSQL', inPostgres);
