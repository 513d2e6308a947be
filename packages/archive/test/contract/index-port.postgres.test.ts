// needs: postgres
import { inPostgres } from '../support/index-engines.ts';
import { indexContract, sharedIndexContract } from './index-port.ts';

indexContract('in PostgreSQL', inPostgres);
sharedIndexContract('in PostgreSQL', inPostgres);
