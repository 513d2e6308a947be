// needs: minio
import { s3FaultSuite } from './s3-faults.ts';

s3FaultSuite('minio');
