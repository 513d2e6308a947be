// needs: versitygw
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'minio';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { openObjectStore, parseS3Url } from '../../src/objects/open-object-store.ts';
import { addUser, type S3Server, startS3Server } from '../support/s3-servers.ts';
import { collect, envelopeOf, patterned } from './object-store.ts';

const POLICY = join(import.meta.dirname, '../../../../deploy/bucket-policy.json');
const USER = 'pacs';
const SECRET = 'pacs-secret-of-the-test';

let folder: string;
let server: S3Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-policy-'));
  server = await startS3Server('versitygw');
  await addUser(server, USER, SECRET);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** The bucket as an operator prepares it; gives the address of the store for the user. */
async function prepared(bucket: string, without?: string): Promise<string> {
  const { host, port, accessKey, secretKey } = parseS3Url(server.url(bucket));
  const root = new Client({ endPoint: host, port, useSSL: false, accessKey, secretKey, region: 'us-east-1' });
  await root.makeBucket(bucket);
  const policy = JSON.parse((await readFile(POLICY, 'utf8')).replaceAll(':::filmless', `:::${bucket}`)) as {
    readonly Statement: readonly { readonly Action: readonly string[] }[];
  };
  const statements = policy.Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((action) => action !== without),
    Principal: { AWS: [USER] },
  }));
  const kept = statements.filter(({ Action }) => Action.length > 0);
  await root.setBucketPolicy(bucket, JSON.stringify({ ...policy, Statement: kept }));
  const url = new URL(server.url(bucket));
  url.username = USER;
  url.password = SECRET;
  return url.href;
}

it('the policy for the bucket is enough for all that the store does', async () => {
  const url = await prepared('enough');
  await using store = await openObjectStore(url, folder, ARCHIVE_LIMITS);
  const small = await store.put({ content: { pieces: [patterned(1000)] }, envelope: envelopeOf(1000, 1) });
  const path = join(folder, 'large');
  await writeFile(path, Buffer.alloc(20_000_000, 7));
  const large = await store.put({ content: { path }, envelope: envelopeOf(20_000_000, 2) });
  await expect(
    store.put({ content: { path: join(folder, 'is-not-there') }, envelope: envelopeOf(20_000_000, 3) }),
  ).rejects.toThrow();
  await store.putDerived(small, patterned(50));
  expect((await collect(await store.read(small))).length).toBe(1000);
  expect((await store.readBytes(large, { offset: 19_000_000, length: 5 })).length).toBe(5);
  await using later = await openObjectStore(url, folder, ARCHIVE_LIMITS);
  expect((await Array.fromAsync(later.unsettled())).length).toBe(2);
  await later.delete(small);
  expect((await Array.fromAsync(later.objects())).map(({ objectKey }) => objectKey)).toEqual([large]);
  expect(await later.problem()).toBeUndefined();
});

it.each(['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:ListBucket'])('the policy without %s is not', async (action) => {
  const everything = async () => {
    await using store = await openObjectStore(
      await prepared(`no-${action.slice(3).toLowerCase()}`, action),
      folder,
      ARCHIVE_LIMITS,
    );
    const key = await store.put({ content: { pieces: [patterned(1000)] }, envelope: envelopeOf(1000) });
    await collect(await store.read(key));
    await Array.fromAsync(store.objects());
    await store.delete(key);
  };
  await expect(everything()).rejects.toMatchObject({ code: 'store-away' });
});
