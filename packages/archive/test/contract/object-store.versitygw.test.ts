// needs: versitygw
import { s3ObjectStoreContract } from './s3-object-store.ts';

s3ObjectStoreContract('versitygw');
