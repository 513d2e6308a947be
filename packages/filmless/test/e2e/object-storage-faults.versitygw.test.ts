// needs: versitygw
import { storeFaultSuite } from '../faults/store/store-faults.ts';

storeFaultSuite('versitygw');
