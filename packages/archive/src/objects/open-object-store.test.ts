import { describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../core/limits.ts';
import { openObjectStore, parseS3Url } from './open-object-store.ts';

describe('the address of an object store', () => {
  it('names a bucket on a server, with its secret written as in any URL', () => {
    expect(parseS3Url('s3://key:se%2Fcret@127.0.0.1:9000/images?tls=0')).toEqual({
      host: '127.0.0.1',
      port: 9000,
      tls: false,
      accessKey: 'key',
      secretKey: 'se/cret',
      bucket: 'images',
      region: 'us-east-1',
    });
    expect(parseS3Url('s3://key:secret@minio.example/images')).toMatchObject({ port: 443, tls: true });
  });

  it('names the region that requests are signed for, where the server has another than most', () => {
    const region = (query: string) => parseS3Url(`s3://key:secret@s3.example/images${query}`).region;
    expect(region('?region=ap-southeast-1')).toBe('ap-southeast-1');
    expect(region('?tls=0&region=hcm-1')).toBe('hcm-1');
    expect(region('')).toBe('us-east-1');
  });

  it.each([
    's3://key:topsecret@host/images?region=',
    's3://key:topsecret@host/images?region=a/b',
    's3://host/bucket',
    's3://key:secret@host',
    's3://key:secret@host/B',
    's3://key:topsecret@host/a/b',
    'ftp://key:topsecret@host/x',
  ])('is refused when it is %s, without repeating a secret', async (url) => {
    const opening = openObjectStore(url, '/nowhere', ARCHIVE_LIMITS);
    await expect(opening).rejects.toMatchObject({ code: 'invalid-request', message: expect.not.stringContaining('topsecret') });
  });
});
