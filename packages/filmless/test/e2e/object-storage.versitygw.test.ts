// needs: versitygw
import { wholeRunSuite } from '../faults/store/whole-run.ts';

wholeRunSuite('versitygw');
