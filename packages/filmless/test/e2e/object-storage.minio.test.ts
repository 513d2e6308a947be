// needs: minio
import { wholeRunSuite } from '../faults/store/whole-run.ts';

wholeRunSuite('minio');
