// needs: postgres
import { testOnPostgres } from '../support/engine.ts';
import './processes.test.ts';
import './shared-uploads.test.ts';

/** What several processes know of each other, where there are several. */
testOnPostgres();
