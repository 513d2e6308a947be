// needs: postgres
import { testOnPostgres } from '../support/engine.ts';
import './orders.test.ts';
import './performed-steps.test.ts';
import './facilities.test.ts';
import './shares-end.test.ts';

/** The suites of what the records hold: orders, performed procedure steps, shares. */
testOnPostgres();
