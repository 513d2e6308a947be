// needs: postgres
import { testOnPostgres } from '../support/engine.ts';
import './records-faults.test.ts';
import './orders-durable.test.ts';
import './imports.test.ts';
import './rejections.test.ts';

/** The suites of records that outlive what goes wrong, of imports and of rejections. */
testOnPostgres();
