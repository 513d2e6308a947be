// needs: versitygw
import { s3FaultSuite } from './s3-faults.ts';

s3FaultSuite('versitygw');
