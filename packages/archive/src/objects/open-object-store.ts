import { join, resolve } from 'node:path';
import { NODE_DISK } from '@filmless/disk';
import { ArchiveError } from '../core/errors.ts';
import type { ObjectStore } from '../core/object-store.ts';
import { FileStore } from './file-store.ts';
import type { S3Options } from './s3-client.ts';
import type { S3Limits } from './s3-store.ts';

const FORMS = 'file:, file:DIR or s3://KEY:SECRET@HOST:PORT/BUCKET?tls=0&region=REGION';
const DEFAULT_REGION = 'us-east-1';

/**
 * Opens the store a setting names: `file:` (the folder `objects` under the data directory), `file:DIR` or
 * `s3://KEY:SECRET@HOST:PORT/BUCKET?tls=0&region=REGION`.
 * @throws ArchiveError `invalid-request` for another form, `store-away`
 */
export async function openObjectStore(url: string, dataDir: string, limits: S3Limits): Promise<ObjectStore> {
  if (url.startsWith('file:')) {
    const folder = url.slice('file:'.length).replace(/^\/\//, '');
    return await FileStore.open(folder === '' ? join(dataDir, 'objects') : resolve(folder), NODE_DISK, { fillCache: true });
  }
  if (url.startsWith('s3://')) {
    // Its client is large, and most servers keep their objects in a folder.
    const { S3Store } = await import('./s3-store.ts');
    return await S3Store.open(parseS3Url(url), limits);
  }
  throw new ArchiveError('invalid-request', `the store must be ${FORMS}, not ${url.replace(/:.*/, ':…')}`);
}

/** @throws ArchiveError `invalid-request`; the message never repeats the secret */
export function parseS3Url(text: string): S3Options {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const region = url?.searchParams.get('region') ?? DEFAULT_REGION;
  const bucket = url?.pathname.replace(/^\/|\/$/g, '') ?? '';
  if (
    url === undefined ||
    url.username === '' ||
    url.password === '' ||
    url.hostname === '' ||
    !/^[a-z0-9][a-z0-9-]{0,62}$/i.test(region) ||
    !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
  ) {
    throw new ArchiveError('invalid-request', `the store's address is not of the form ${FORMS}`);
  }
  const tls = url.searchParams.get('tls') !== '0';
  return {
    host: url.hostname,
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    tls,
    accessKey: decodeURIComponent(url.username),
    secretKey: decodeURIComponent(url.password),
    bucket,
    region,
  };
}
