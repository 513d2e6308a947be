// needs: minio
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { objectFile } from '../support/objects.ts';
import { type S3Server, startS3Server } from '../support/s3-servers.ts';

const INSTANCES = 200;
const STUDY = '1.2.77';

let server: S3Server;
let counting: Server;
let http: TestHttp;
/** Reads of objects that came to the server. */
let gets = 0;

beforeAll(async () => {
  server = await startS3Server('minio');
  counting = createServer((asked, answer) => {
    gets += asked.method === 'GET' && asked.url?.endsWith('.dcm') === true ? 1 : 0;
    const { method = 'GET', url = '/', headers } = asked;
    const passed = request({ port: server.port, method, path: url, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 500, from.headers);
      from.pipe(answer);
    });
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(counting, 'listening');
  http = await openTestHttp({}, undefined, server.url('joined', (counting.address() as AddressInfo).port));
  const files = Array.from({ length: INSTANCES }, (_, index) => objectFile({ study: STUDY, number: index + 1, pixel: index }));
  expect((await http.stow(files)).status).toBe(200);
});

afterAll(async () => {
  await http[Symbol.asyncDispose]();
  counting.closeAllConnections();
  counting.close();
  await server[Symbol.asyncDispose]();
});

const file = (index: number): Buffer => Buffer.from(objectFile({ study: STUDY, number: index + 1, pixel: index }));
const AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*';

it('reads a study that came together by a few requests, each instance byte for byte as it came', async () => {
  gets = 0;
  const parts = await partsOf(await http.ask(`/studies/${STUDY}`, { accept: AS_STORED }));
  console.info(JSON.stringify({ what: 'GETs for a study', instances: parts.length, gets }));
  expect(parts.map(({ bytes }, index) => Buffer.compare(bytes, file(index)))).toEqual(Array(INSTANCES).fill(0));
  expect(gets).toBeLessThan(INSTANCES / 3);
});

it('gives the others of a pack of which one is gone', async () => {
  const gone = `/studies/${STUDY}/series/${STUDY}.1/instances/${STUDY}.1.50`;
  expect((await http.ask(gone, { method: 'DELETE', as: 'admin' })).status).toBeLessThan(300);
  const parts = await partsOf(await http.ask(`/studies/${STUDY}`, { accept: AS_STORED }));
  const left = Array.from({ length: INSTANCES }, (_, index) => index).filter((index) => index !== 49);
  expect(parts.map(({ bytes }, index) => Buffer.compare(bytes, file(left[index] ?? 0)))).toEqual(left.map(() => 0));
});

it('ends its requests when whoever asked goes away in the middle, and answers the next', async () => {
  const broken = await http.ask(`/studies/${STUDY}`, { accept: AS_STORED });
  const reader = broken.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  const parts = await partsOf(await http.ask(`/studies/${STUDY}/series/${STUDY}.1`, { accept: AS_STORED }));
  expect(parts).toHaveLength(INSTANCES - 1);
});

it('gives instances that are made anew one by one', async () => {
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.5';
  const parts = await partsOf(await http.ask(`/studies/${STUDY}`, { accept }));
  expect(parts).toHaveLength(INSTANCES - 1);
});
