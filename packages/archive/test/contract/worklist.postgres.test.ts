// needs: postgres
import { testOnPostgres } from '../support/engine.ts';
import './worklist.test.ts';

/** The worklist where several processes may have it. */
testOnPostgres();
