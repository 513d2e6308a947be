// needs: dcmtk
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleFile } from '../support/facilities.ts';
import { ADMIN_TOKEN, type Product, startProduct } from '../support/product.ts';
import { run } from '../support/run.ts';
import { freePort, type StoreScp, startStoreScp } from '../support/storescp.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('the filmless command beside a running server', () => {
  let folder: string;
  let kept: string;
  let product: Product;
  let scp: StoreScp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-machines-'));
    kept = await mkdtemp(join(tmpdir(), 'filmless-machines-kept-'));
    product = await startProduct({ config: 'unknownAes: []\n' });
    scp = await startStoreScp(kept);
  });

  afterAll(async () => {
    await scp[Symbol.asyncDispose]();
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
    await rm(kept, { recursive: true });
  });

  function filmless(words: readonly string[], token = ADMIN_TOKEN): Promise<Ended> {
    return new Promise((resolve) => {
      const args = [MAIN, ...words, '--server', product.url];
      const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, FILMLESS_ADMIN_TOKEN: token } });
      let [out, err] = ['', ''];
      child.stdout.on('data', (text) => {
        out += String(text);
      });
      child.stderr.on('data', (text) => {
        err += String(text);
      });
      child.once('close', (code) => resolve({ code, out, err }));
    });
  }

  it('lists, adds, changes and removes machines', async () => {
    const added = await filmless(['ae', 'add', 'CT01', '--host', '127.0.0.1', '--port', String(scp.port), '--may', 'echo,store']);
    expect(added).toEqual({ code: 0, out: 'CT01 is listed.\n', err: '' });
    expect((await filmless(['ae', 'add', 'CT01'])).code).toBe(2);
    expect((await filmless(['ae', 'change', 'CT01', '--may', 'echo,store,query'])).code).toBe(0);
    const listed = await filmless(['ae', 'list']);
    expect(listed.out).toMatch(new RegExp(`^CT01 +127.0.0.1:${scp.port} +echo,store,query +main +- +never$`, 'm'));
    const { aes } = JSON.parse((await filmless(['ae', 'list', '--json'])).out);
    expect(aes).toMatchObject([{ title: 'CT01', port: scp.port, lastSeen: null }]);
    expect((await filmless(['ae', 'add', 'OLD'])).code).toBe(0);
    expect((await filmless(['ae', 'remove', 'OLD'])).code).toBe(0);
    expect(await filmless(['ae', 'remove', 'OLD'])).toMatchObject({ code: 2, err: 'filmless: OLD is not listed\n' });
  });

  it('asks machines whether they are there, and says why they are not', async () => {
    expect(await filmless(['echo', 'CT01'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^CT01: It answered in \d+ ms/),
    });
    expect((await filmless(['echo', `ANY@127.0.0.1:${scp.port}`, '--image'])).code).toBe(0);
    expect(await readdir(kept)).toHaveLength(1);
    const gone = await filmless(['echo', `127.0.0.1:${await freePort()}`]);
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('Nothing listens at 127.0.0.1') });
  });

  it('tells why a machine cannot connect, and mends it', async () => {
    const echo = () => run('/usr/bin/echoscu', ['-aet', 'NEW01', '-aec', 'FILMLESS', '127.0.0.1', String(product.dicomPort)]);
    expect((await echo()).code).not.toBe(0);
    const told = await filmless(['ae', 'doctor', 'NEW01']);
    expect(told.out).toContain('NEW01 is not listed here');
    const [, id = ''] = /filmless ae fix (\d+) --kind add/.exec(told.out) ?? [];
    expect(await filmless(['ae', 'fix', id])).toMatchObject({ code: 0 });
    expect((await echo()).code).toBe(0);
    expect((await filmless(['ae', 'doctor', 'NEW01'])).out).toBe('Nothing is wrong.\n');
  });

  it('tells of a machine that speaks DICOM to the HTTP port', async () => {
    await run('/usr/bin/echoscu', ['-aet', 'LOST01', '-aec', 'FILMLESS', '127.0.0.1', new URL(product.url).port]);
    const told = await filmless(['ae', 'doctor', 'LOST01']);
    expect(told.out).toContain('LOST01 spoke DICOM to the HTTP port');
    expect(told.out).toContain(String(product.dicomPort));
  });

  it('sends files and folders to a machine or a destination, and shows the queues', async () => {
    await writeFile(join(folder, 'image.dcm'), await sampleFile());
    expect(await filmless(['send', 'image.dcm', '--to', 'CT01'])).toMatchObject({
      code: 0,
      out: '1 of 1 files were taken by CT01.\n',
    });
    const destination = { id: 'ws', kind: 'dicom', aeTitle: 'WS1', host: '127.0.0.1', port: scp.port };
    const body = JSON.stringify(destination);
    const made = await product.fetch('/api/destinations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(made.status, await made.text()).toBe(201);
    expect((await filmless(['send', '.', '--to', 'ws'])).code).toBe(0);
    expect(await filmless(['send', 'image.dcm', '--to', 'NOBODY'])).toMatchObject({ code: 2 });
    expect((await filmless(['queue', 'list'])).out).toMatch(/^ws +0 +0 +0$/m);
    expect(await filmless(['queue', 'show', 'ws'])).toMatchObject({ code: 0 });
    expect(await filmless(['queue', 'retry', 'ws', '--json'])).toMatchObject({ code: 0, out: '{"retried":0}\n' });
    expect((await filmless(['queue', 'pause', 'ws'])).code).toBe(0);
    expect((await filmless(['queue', 'list'])).out).toContain('paused');
    expect((await filmless(['queue', 'resume', 'ws'])).code).toBe(0);
    expect(await filmless(['queue', 'retry', 'nowhere'])).toMatchObject({ code: 2 });
  });

  it('says what to do without a server, a token or the right words', async () => {
    expect(await filmless(['ae', 'list'], 'fl-wrong-token-0123456789abcdef0123456789abcdef')).toMatchObject({
      code: 2,
      err: expect.stringContaining('does not know the token'),
    });
    expect(await filmless(['ae', 'dance'])).toMatchObject({ code: 2, err: expect.stringContaining('Usage: filmless ae list') });
    expect(await filmless(['echo'])).toMatchObject({ code: 2, err: expect.stringContaining('Usage: filmless echo') });
    const nobody = await run(process.execPath, [MAIN, 'ae', 'list', '--server', `http://127.0.0.1:${await freePort()}`], {
      env: { FILMLESS_ADMIN_TOKEN: ADMIN_TOKEN },
    });
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('Is it running?') });
  });
});
