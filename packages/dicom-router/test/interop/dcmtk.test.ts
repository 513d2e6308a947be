// needs: dcmtk
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileMeta, transferSyntax } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDialogue } from '../../src/dimse/open-dialogue.ts';
import { store } from '../../src/dimse/store.ts';
import type { Destination } from '../../src/index.ts';
import { routerLimits } from '../../src/limits.ts';
import { SECONDARY_CAPTURE } from '../objects.ts';
import { openRouter } from '../open-router.ts';
import { type Part10File, writePart10 } from '../part10-files.ts';
import { run, startPeer } from '../run-peer.ts';

/** The option by which storescu proposes a syntax, for those it sends without looking at the pixels. */
const PROPOSALS: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2': '-xi',
  '1.2.840.10008.1.2.1': '-xe',
  '1.2.840.10008.1.2.1.99': '-xd',
  '1.2.840.10008.1.2.2': '-xb',
  '1.2.840.10008.1.2.4.50': '-xy',
  '1.2.840.10008.1.2.4.51': '-xx',
  '1.2.840.10008.1.2.4.70': '-xs',
  '1.2.840.10008.1.2.4.80': '-xt',
  '1.2.840.10008.1.2.4.81': '-xu',
  '1.2.840.10008.1.2.4.90': '-xv',
  '1.2.840.10008.1.2.4.91': '-xw',
  '1.2.840.10008.1.2.4.100': '-xm',
  '1.2.840.10008.1.2.4.102': '-xn',
  '1.2.840.10008.1.2.4.107': '-x4',
  '1.2.840.10008.1.2.5': '-xr',
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-dcmtk-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const file = (uid: string, pixelBytes: number) => writePart10(folder, transferSyntax(uid), pixelBytes);
const dcmtk = (program: string, ...args: readonly string[]) => run(`/usr/bin/${program}`, args);

describe('DCMTK as user', () => {
  it('echoes, and is told why when it may not', async () => {
    await using opened = await openRouter({ aes: [{ title: 'MUTE', may: [], facility: 'main' }] });
    const port = String(opened.router.dicomPort);
    expect((await dcmtk('echoscu', '-aec', 'FILMLESS', '127.0.0.1', port)).code).toBe(0);
    expect((await dcmtk('echoscu', '-aec', 'OTHER', '127.0.0.1', port)).output).toContain('Called AE Title Not Recognized');
    const mute = await dcmtk('echoscu', '-aec', 'FILMLESS', '-aet', 'MUTE', '127.0.0.1', port);
    expect(mute.output).toContain('Calling AE Title Not Recognized');
  });

  it.each([4096, 16_384, 131_072])('stores what it proposes in its own syntax, at a PDU size of %i', async (pdu) => {
    await using opened = await openRouter();
    for (const [uid, option] of Object.entries(PROPOSALS)) {
      const { path, sopInstanceUid } = await file(uid, 200_000);
      const args = ['-v', '-aec', 'FILMLESS', option, '-R', '--max-send-pdu', String(pdu)];
      const { code, output } = await dcmtk('storescu', ...args, '127.0.0.1', String(opened.router.dicomPort), path);
      expect(code, output).toBe(0);
      expect(output, uid).toContain('Received Store Response (Success)');
      expect(opened.deposit.kept.at(-1)).toMatchObject({ sopInstanceUid, transferSyntaxUid: uid });
    }
  });

  it('keeps what was answered before an abort, and nothing of what was under way at a kill', async () => {
    await using opened = await openRouter();
    const port = String(opened.router.dicomPort);
    const small = await file('1.2.840.10008.1.2.1', 1000);
    await dcmtk('storescu', '--abort', '-aec', 'FILMLESS', '127.0.0.1', port, small.path);
    expect(opened.deposit.kept).toHaveLength(1);
    const large = await file('1.2.840.10008.1.2.1', 300_000_000);
    const sender = spawn('/usr/bin/storescu', ['-aec', 'FILMLESS', '--max-send-pdu', '4096', '127.0.0.1', port, large.path]);
    const incoming = join(opened.folder, 'incoming');
    await expect.poll(() => readdir(incoming), { interval: 5, timeout: 20_000 }).toHaveLength(1);
    sender.kill('SIGKILL');
    await expect.poll(() => readdir(incoming)).toEqual([]);
    expect(opened.deposit.kept).toHaveLength(1);
    await expect
      .poll(() => opened.api('GET', '/api/associations'))
      .toMatchObject({
        body: {
          associations: [
            { outcome: 'aborted', stored: 0 },
            { outcome: 'aborted', stored: 1 },
          ],
        },
      });
  });

  it('is told when the disk is full, and goes on with the next', async () => {
    await using opened = await openRouter({}, { freeBytes: Number.MAX_SAFE_INTEGER });
    const files = [await file('1.2.840.10008.1.2.1', 1000), await file('1.2.840.10008.1.2.1', 1000)];
    const args = ['-v', '-nh', '-aec', 'FILMLESS', '127.0.0.1', String(opened.router.dicomPort)];
    const { output } = await dcmtk('storescu', ...args, ...files.map(({ path }) => path));
    expect(output.match(/Refused: OutOfResources/g), output).toHaveLength(2);
  });
});

describe('DCMTK as provider', () => {
  const startStoreScp = async (received: string) => {
    await mkdir(received);
    return await startPeer(
      '/usr/bin/storescp',
      (port) => ['+B', '+xa', '-aet', 'STORESCP', '-od', received, String(port)],
      async (_, port) => {
        const echo = async () => (await dcmtk('echoscu', '127.0.0.1', String(port))).code;
        await expect.poll(echo, { timeout: 10_000 }).toBe(0);
      },
    );
  };

  const receivedDataSets = async (received: string): Promise<ReadonlyMap<string, Buffer>> => {
    const found = new Map<string, Buffer>();
    for (const name of await readdir(received)) {
      const bytes = await readFile(join(received, name));
      const { meta, dataSetOffset } = readFileMeta(bytes);
      found.set(meta.mediaStorageSopInstanceUid ?? name, bytes.subarray(dataSetOffset));
    }
    return found;
  };

  const expectReceived = async (received: string, files: readonly Part10File[]) => {
    const found = await receivedDataSets(received);
    for (const { sopInstanceUid, transferSyntaxUid, dataSet } of files) {
      expect(found.get(sopInstanceUid)?.equals(dataSet), transferSyntaxUid).toBe(true);
    }
  };

  it('gets what our user sends, byte for byte, at its maximum', async () => {
    const received = join(folder, 'received');
    await using scp = await startStoreScp(received);
    const limits = routerLimits();
    const files = await Promise.all(Object.keys(PROPOSALS).map((uid) => file(uid, 100_001 * 2)));
    const dialogue = await openDialogue({
      host: '127.0.0.1',
      port: scp.port,
      calledAe: 'STORESCP',
      callingAe: 'FILMLESS',
      contexts: files.map(({ transferSyntaxUid }, index) => ({
        id: 2 * index + 1,
        abstractSyntax: SECONDARY_CAPTURE,
        transferSyntaxes: [transferSyntaxUid],
      })),
      limits,
    });
    expect(dialogue.association.maxFragmentBytes).toBe(16_384 - 6);
    for (const { dataSet, sopInstanceUid, transferSyntaxUid } of files) {
      const pieces = async function* () {
        // Odd pieces: what is written may be cut anywhere, what is sent may not.
        yield { bytes: dataSet.subarray(0, 777), last: false };
        yield { bytes: dataSet.subarray(777), last: false };
      };
      const operation = {
        sopClassUid: SECONDARY_CAPTURE,
        sopInstanceUid,
        transferSyntaxUid,
        dataSet: pieces(),
      };
      expect(await store(dialogue, operation)).toMatchObject({ status: 0 });
    }
    await dialogue.release();
    await expectReceived(received, files);
  });

  it('gets deliveries after it was away, and after the router was', async () => {
    const files = await Promise.all(['1.2.840.10008.1.2', '1.2.840.10008.1.2.4.70'].map((uid) => file(uid, 50_000)));
    const received = join(folder, 'received');
    const dataDir = join(folder, 'data');
    const destination: Destination = {
      kind: 'dicom',
      id: 'dcmtk',
      aeTitle: 'STORESCP',
      host: '127.0.0.1',
      port: 1,
      when: { callingAes: [], modalities: ['OT'] },
      enabled: true,
    };
    const first = await openRouter({ dataDir, destinations: [destination] });
    for (const { path, transferSyntaxUid } of files) {
      const args = ['-aec', 'FILMLESS', PROPOSALS[transferSyntaxUid] ?? '', '-R'];
      await dcmtk('storescu', ...args, '127.0.0.1', String(first.router.dicomPort), path);
    }
    expect(await first.api('GET', '/api/queues/dcmtk')).toMatchObject({ body: { deliveries: [{}, {}] } });
    await first.router[Symbol.asyncDispose]();

    await using scp = await startStoreScp(received);
    await using second = await openRouter({ dataDir, archiveFetch: (request) => first.deposit.fetch(request) });
    const { id: _, ...change } = { ...destination, port: scp.port };
    expect((await second.api('PUT', '/api/destinations/dcmtk', change)).status).toBe(200);
    await second.api('POST', '/api/queues/dcmtk/retry', {});
    await expect
      .poll(() => second.api('GET', '/api/queues'), { timeout: 20_000 })
      .toMatchObject({ body: { queues: [{ destination: 'dcmtk', queued: 0, sending: 0, done: 2, aside: 0 }] } });
    await expectReceived(received, files);
    await rm(first.folder, { recursive: true });
  });
});
