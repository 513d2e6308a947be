// needs: minio
import { storeFaultSuite } from '../faults/store/store-faults.ts';

storeFaultSuite('minio');
