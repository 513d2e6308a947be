// needs: python
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, transferSyntax } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AeConfig, RouterOptions } from '../../src/index.ts';
import { SECONDARY_CAPTURE, testObject } from '../objects.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { OrdersDouble } from '../orders-double.ts';
import { writePart10 } from '../part10-files.ts';
import { freePort, PEERS, PYTHON, run, startPeer } from '../run-peer.ts';

interface Report {
  readonly type: number;
  readonly committed: readonly string[];
  readonly failed: readonly (readonly [string, number])[];
  readonly same: boolean;
}

const HELD = [1, 2, 3].map((number) => testObject(number).sopInstanceUid);
const MISSING = '2.25.404';
const COPIES = 'rules: [{ name: copies, then: [{ deidentify: nc }, { send: keeper }] }]';
const LOOKED_AT = [{ when: {}, areas: [] }];

let archive: OrdersDouble;

beforeEach(() => {
  archive = new OrdersDouble();
  for (const uid of HELD) {
    archive.held.set(uid, SECONDARY_CAPTURE);
  }
});

function open(ae: Partial<AeConfig> = {}, changes: Partial<RouterOptions> = {}): Promise<OpenedRouter> {
  const ct01: AeConfig = { title: 'CT01', may: ['store'], facility: 'main', ...ae };
  return openRouter({ archiveFetch: archive.fetch, aes: [ct01], limits: { deliveryDelayMs: 100 }, ...changes });
}

async function ask(opened: OpenedRouter, uids: readonly string[], options: object) {
  const instances = uids.map((uid) => [SECONDARY_CAPTURE, uid]);
  const job = { do: 'commit', port: opened.router.dicomPort, transaction: '2.25.55', instances, ...options };
  const { code, output } = await run(PYTHON, [join(PEERS, 'modality.py')], JSON.stringify(job));
  expect(code, output).toBe(0);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as { readonly status: number; readonly reports: readonly Report[] };
}

describe('pynetdicom asks whether its images are safe', () => {
  it('and stays for the answer: it comes on the same association', async () => {
    await using opened = await open();
    const { status, reports } = await ask(opened, HELD, {});
    expect(status).toBe(0);
    expect(reports).toEqual([{ type: 1, transaction: '2.25.55', committed: HELD, failed: [], same: true }]);
    expect(await opened.api('GET', '/api/commitments')).toMatchObject({
      body: { commitments: [{ aeTitle: 'CT01', state: 'reported', asked: 3, granted: 3, refused: 0 }], next: null },
    });
  });

  it('and leaves: it is called, and told which one is missing', async () => {
    const listen = await freePort();
    await using opened = await open({ host: '127.0.0.1', port: listen });
    const { reports } = await ask(opened, [...HELD, MISSING], { leave: true, listen });
    expect(reports).toEqual([{ type: 2, transaction: '2.25.55', committed: HELD, failed: [[MISSING, 0x0112]], same: false }]);
    const { body } = await opened.api('GET', '/api/commitments/1');
    expect(body).toMatchObject({
      granted: 3,
      refused: 1,
      refusedInstances: [{ sopInstanceUid: MISSING, reason: '0112H (no such object instance)' }],
    });
  });

  it('and refuses to hear of it twice: it is told until it takes it', async () => {
    const listen = await freePort();
    await using opened = await open({ host: '127.0.0.1', port: listen });
    const { reports } = await ask(opened, HELD, { leave: true, listen, refuse: 2 });
    expect(reports).toHaveLength(1);
    // One more where it was begun to be told on the association that it was just leaving.
    await expect
      .poll(() => opened.api('GET', '/api/commitments'))
      .toMatchObject({ body: { commitments: [{ state: 'reported', attempts: expect.toBeOneOf([3, 4]) }] } });
  });

  it('and is called by a router that was started anew meanwhile', async () => {
    const listen = await freePort();
    const dataDir = await mkdtemp(join(tmpdir(), 'filmless-commit-'));
    const options = { dataDir, limits: { deliveryDelayMs: 100, closeMs: 500 } };
    {
      await using first = await open({ host: '127.0.0.1', port: listen }, options);
      expect((await ask(first, HELD, { leave: true, patience: 0 })).status).toBe(0);
      await expect
        .poll(() => first.api('GET', '/api/commitments'), { timeout: 10_000 })
        .toMatchObject({ body: { commitments: [{ state: 'checked' }] } });
    }
    await using second = await open({ host: '127.0.0.1', port: listen }, options);
    const { reports } = await ask(second, [MISSING], { listen, deaf: true, leave: true, transaction: '2.25.56' });
    expect(reports.length).toBeGreaterThan(0);
    await expect
      .poll(() => second.api('GET', '/api/commitments'), { timeout: 20_000 })
      .toMatchObject({ body: { commitments: [{ state: 'reported' }, { state: expect.stringMatching(/checked|reported/) }] } });
    await rm(dataDir, { recursive: true });
  });

  it('and has its context refused when nobody listed it', async () => {
    await using opened = await open();
    expect(await ask(opened, HELD, { calling: 'STRANGER' })).toEqual({ rejected: [1] });
  });
});

describe('pynetdicom keeps what it is sent', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-keeper-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it.each([
    ['same', 'what it was sent'],
    ['new', 'what it was sent'],
    ['same', 'de-identified copies, which have UIDs of their own'],
  ])('and says so on the %s association of %s; what it lost is sent again', async (mode, what) => {
    const reportPort = await freePort();
    await using keeper = await startPeer(
      PYTHON,
      (port) => [join(PEERS, 'keeper.py'), String(port), String(reportPort), mode, '1'],
      async (child) => {
        await new Promise((resolve) => child.stdout?.once('data', resolve));
      },
    );
    const destination = {
      kind: 'dicom' as const,
      id: 'keeper',
      aeTitle: 'KEEPER',
      host: '127.0.0.1',
      port: keeper.port,
      enabled: true,
      commitment: true,
    };
    await using opened = await openRouter({
      port: reportPort,
      ...(what === 'what it was sent'
        ? { destinations: [{ ...destination, when: { callingAes: [], modalities: [] } }] }
        : {
            destinations: [destination],
            rules: { document: COPIES, linesAbove: 0 },
            deidentification: [{ name: 'nc', options: [], regions: LOOKED_AT }],
          }),
      archiveFetch: (request) => opened.deposit.fetch(request),
      limits: { deliveryDelayMs: 100, commitmentQuietMs: 200, commitmentStayMs: 3000 },
    });
    const syntax = transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN);
    const files = [await writePart10(folder, syntax, 1000), await writePart10(folder, syntax, 1000)];
    const job = { do: 'store', port: opened.router.dicomPort, files: files.map(({ path }) => path), calling: 'CT01' };
    expect((await run(PYTHON, [join(PEERS, 'scu.py')], JSON.stringify(job))).code).toBe(0);
    await expect
      .poll(() => opened.api('GET', '/api/queues/keeper'), { timeout: 30_000 })
      .toMatchObject({
        body: {
          deliveries: [
            { state: 'done', commitment: 'confirmed' },
            { state: 'done', commitment: 'confirmed' },
          ],
        },
      });
    const { body } = await opened.api('GET', '/api/commitment-requests?destination=keeper');
    const { requests } = body as { readonly requests: readonly { readonly state: string; readonly refused: number }[] };
    expect(requests.every(({ state }) => state === 'answered')).toBe(true);
    expect(requests.reduce((sum, { refused }) => sum + refused, 0)).toBe(1);
  });
});
