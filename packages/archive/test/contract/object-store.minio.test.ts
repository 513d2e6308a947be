// needs: minio
import { s3ObjectStoreContract } from './s3-object-store.ts';

s3ObjectStoreContract('minio');
