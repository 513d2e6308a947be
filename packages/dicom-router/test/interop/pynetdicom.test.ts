// needs: python
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, TRANSFER_SYNTAXES, transferSyntax } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Destination } from '../../src/index.ts';
import { SECONDARY_CAPTURE } from '../objects.ts';
import { openRouter } from '../open-router.ts';
import { type Part10File, writePart10 } from '../part10-files.ts';
import { PEERS, type PeerServer, PYTHON, run, startPeer } from '../run-peer.ts';

const EXPLICIT = transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN);

/** Runs one job of peers/scu.py. */
async function pynetdicom(job: object): Promise<unknown> {
  const { code, output } = await run(PYTHON, [join(PEERS, 'scu.py')], JSON.stringify(job));
  const last = output.trim().split('\n').at(-1) ?? '';
  expect(code, output).toBe(0);
  return JSON.parse(last);
}

/** One file in every transfer syntax of the standard that pynetdicom knows. */
async function everySyntax(pixelBytes: number): Promise<readonly Part10File[]> {
  const known = await pynetdicom({ do: 'known', syntaxes: TRANSFER_SYNTAXES.map(({ uid }) => uid) });
  const syntaxes = TRANSFER_SYNTAXES.filter(({ uid }) => Array.isArray(known) && known.includes(uid));
  expect(syntaxes.length).toBeGreaterThan(40);
  return await Promise.all(syntaxes.map((syntax) => writePart10(folder, syntax, pixelBytes)));
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-pynetdicom-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('pynetdicom as user', () => {
  it.each([4096, 16_384, 131_072, 1_048_576])(
    'stores every transfer syntax byte for byte, at a PDU size of %i',
    async (pduBytes) => {
      await using opened = await openRouter({ limits: { pduBytes } });
      const files = await everySyntax(100_000);
      const job = { do: 'store', port: opened.router.dicomPort, files: files.map(({ path }) => path) };
      expect(await pynetdicom(job)).toEqual({ established: true, statuses: files.map(() => 0), maximum: pduBytes });
      for (const file of files) {
        const kept = await opened.deposit.dataSet(file.sopInstanceUid);
        expect(kept?.equals(file.dataSet), file.transferSyntaxUid).toBe(true);
      }
    },
  );

  it('gets through two hundred associations, one after the other', async () => {
    await using opened = await openRouter();
    expect(await pynetdicom({ do: 'echo', port: opened.router.dicomPort, count: 200 })).toEqual({ good: 200 });
  });

  it('may offer all there is to be negotiated', async () => {
    await using opened = await openRouter();
    expect(await pynetdicom({ do: 'negotiate', port: opened.router.dicomPort })).toEqual({
      accepted: ['1.2.840.10008.1.1', '1.2.840.10008.5.1.4.1.1.2'],
      // Known here, but not for an entity that nobody listed.
      rejected: { '1.2.840.10008.5.1.4.1.2.2.1': 1 },
      extended: { '1.2.840.10008.5.1.4.1.1.2': [2, 0, 3, 0, 0, 0] },
      window: [1, 5],
      version: 'FILMLESS_01',
      echo: 0,
    });
  });

  it('leaves nothing behind when it dies in the middle', async () => {
    await using opened = await openRouter({ limits: { pduBytes: 4096 } });
    const file = await writePart10(folder, EXPLICIT, 60_000_000);
    const sender = spawn(PYTHON, [join(PEERS, 'scu.py')], { stdio: ['pipe', 'ignore', 'ignore'] });
    sender.stdin.end(JSON.stringify({ do: 'store', port: opened.router.dicomPort, files: [file.path] }));
    const incoming = join(opened.folder, 'incoming');
    await expect.poll(() => readdir(incoming), { interval: 10, timeout: 20_000 }).toHaveLength(1);
    sender.kill('SIGKILL');
    await expect.poll(() => readdir(incoming)).toEqual([]);
    expect(opened.deposit.kept).toEqual([]);
    expect(await pynetdicom({ do: 'echo', port: opened.router.dicomPort, count: 1 })).toEqual({ good: 1 });
  });
});

describe('pynetdicom as destination', () => {
  const startScp = async (received: string, files: readonly Part10File[], statuses: readonly string[]): Promise<PeerServer> => {
    await mkdir(received);
    const contexts = files.map(({ transferSyntaxUid }) => `${SECONDARY_CAPTURE} ${transferSyntaxUid}`);
    await writeFile(join(received, 'contexts'), contexts.join('\n'));
    return await startPeer(
      PYTHON,
      (port) => [join(PEERS, 'scp.py'), String(port), received, ...statuses],
      async (child) => {
        await new Promise((resolve) => child.stdout?.once('data', resolve));
      },
    );
  };

  const destination = (port: number): Destination => ({
    kind: 'dicom',
    id: 'peer',
    aeTitle: 'PYNETDICOM',
    host: '127.0.0.1',
    port,
    when: { callingAes: [], modalities: [] },
    enabled: true,
  });

  it('gets every transfer syntax byte for byte', async () => {
    const files = await everySyntax(100_000);
    const received = join(folder, 'received');
    await using scp = await startScp(received, files, []);
    await using opened = await openRouter({
      destinations: [destination(scp.port)],
      archiveFetch: (request) => opened.deposit.fetch(request),
    });
    const job = { do: 'store', port: opened.router.dicomPort, files: files.map(({ path }) => path) };
    await pynetdicom(job);
    // What comes from PYNETDICOM is not sent back to PYNETDICOM.
    expect(await opened.api('GET', '/api/queues')).toMatchObject({ body: { queues: [{ queued: 0, done: 0 }] } });
    await pynetdicom({ ...job, calling: 'CT01' });
    await expect
      .poll(() => opened.api('GET', '/api/queues'), { timeout: 30_000 })
      .toMatchObject({
        body: { queues: [{ queued: 0, sending: 0, done: files.length, aside: 0 }] },
      });
    for (const file of files) {
      const bytes = await readFile(join(received, file.sopInstanceUid));
      expect(bytes.equals(file.dataSet), file.transferSyntaxUid).toBe(true);
    }
  });

  it('is tried again when it has no room, and left to a person when it will not have the object', async () => {
    const files = [await writePart10(folder, EXPLICIT, 1000), await writePart10(folder, EXPLICIT, 1000)];
    const received = join(folder, 'received');
    await using scp = await startScp(received, files, ['A700', 'C001']);
    await using opened = await openRouter({
      destinations: [destination(scp.port)],
      archiveFetch: (request) => opened.deposit.fetch(request),
      limits: { deliveryDelayMs: 500 },
    });
    const paths = files.map(({ path }) => path);
    await pynetdicom({ do: 'store', port: opened.router.dicomPort, files: paths, calling: 'CT01' });
    await expect
      .poll(() => opened.api('GET', '/api/queues/peer'), { timeout: 10_000 })
      .toMatchObject({
        body: {
          deliveries: [
            { state: 'aside', attempts: 1, problem: 'answered C001H (cannot understand)' },
            { state: 'done', attempts: 2, problem: null },
          ],
        },
      });
    expect(await opened.api('POST', '/api/queues/peer/retry', {})).toMatchObject({ body: { retried: 1 } });
    await expect.poll(() => readdir(received)).toHaveLength(3);
  });
});
