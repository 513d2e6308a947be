// needs: versitygw
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { type S3Server, startS3Server } from '@filmless/archive/test/s3-servers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localIdentity } from '../../src/tls/local-authority.ts';
import { smallInstance } from '../faults/instances.ts';
import { stow } from '../faults/load.ts';
import { startProduct } from '../support/product.ts';

let folder: string;
let server: S3Server;
let tls: Server;
let store: string;
let authority: string;

/** TLS before the server, with a certificate of an authority that nobody knows. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-s3-tls-'));
  server = await startS3Server('versitygw');
  const { cert, key, ca } = await localIdentity(folder, { names: ['localhost'], addresses: ['127.0.0.1'] }, Date.now());
  authority = join(folder, 'store-ca.pem');
  await writeFile(authority, ca);
  tls = createServer({ cert, key }, (socket) => {
    const on = connect(server.port, '127.0.0.1');
    socket.pipe(on).pipe(socket);
    socket.once('error', () => on.destroy());
    on.once('error', () => socket.destroy());
  });
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  const address = tls.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  store = server.url('filmless', port).replace('?tls=0', '');
});

afterAll(async () => {
  tls.close();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

it('images go into a bucket over TLS, by the authority that NODE_EXTRA_CA_CERTS names', async () => {
  await using product = await startProduct({ environment: { FILMLESS_STORE: store, NODE_EXTRA_CA_CERTS: authority } });
  const { study, series, sop, file } = smallInstance('tls', 1);
  expect((await stow(product, [file])).status).toBe(200);
  const back = await product.fetch(`/dicom-web/studies/${study}/series/${series}/instances/${sop}/frames/1`);
  expect(back.status).toBe(200);
  expect(await (await product.fetch('/readyz')).json()).toMatchObject({ ready: true });
});

it('without it the server does not start, and says why, without the secret', async () => {
  const starting = startProduct({ environment: { FILMLESS_STORE: store } });
  const message = await starting.then(
    () => 'started',
    (error: unknown) => String(error),
  );
  expect(message).toMatch(/bucket filmless at 127\.0\.0\.1:\d+ cannot be used: .*(CERT|SIGNATURE|SIGNED)/);
  expect(message).not.toContain('filmless-secret');
});
