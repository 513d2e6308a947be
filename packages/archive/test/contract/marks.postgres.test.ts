// needs: postgres
import { testOnPostgres } from '../support/engine.ts';
import './marks.test.ts';

/** Marks where several processes may keep them. */
testOnPostgres();
