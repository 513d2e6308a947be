// needs: dcmtk
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DicomPeer, loopbackAddress } from '../faults/hostile/dicom-peer.ts';
import { associateRq } from '../faults/hostile/pdus.ts';
import {
  Crowd,
  HALF_WAY,
  HALF_WAY_ASSOCIATED,
  neverHearing,
  neverReading,
  SilentClient,
  SLOW_BODY,
  SLOW_REQUESTS,
} from '../faults/hostile/silent.ts';
import { residentMb } from '../faults/hostile/watch.ts';
import { smallInstance } from '../faults/instances.ts';
import { stow } from '../faults/load.ts';
import { type Product, ROOT, startProduct } from '../support/product.ts';

const SAMPLE = join(ROOT, 'fixtures', 'files', 'modality', 'ct', 'CT_small.dcm');
const CROWDS = [
  [1000, 1],
  [1000, 20],
  [1000, 1000],
] as const;
const ABORT = 7;
/** Machines of which each one's clients take no answers. */
const WAVES = [200_001, 200_002, 200_003] as const;
const MOST_MB_A_WAVE = 100;

/** What one of DCMTK's programs complained of. */
function dcmtk(program: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(`/usr/bin/${program}`, args, { timeout: 60_000 }, (error, _, stderr) => resolve(error === null ? 'done' : stderr));
  });
}

describe('clients that are slow or silent', () => {
  let product: Product;
  let httpPort: number;
  beforeAll(async () => {
    product = await startProduct();
    httpPort = Number(new URL(product.url).port);
  });
  afterAll(async () => {
    await product[Symbol.asyncDispose]();
  });

  /** A modality and a browser find the server as they always do. */
  async function expectOthersServed(): Promise<void> {
    const node = ['-aec', product.aeTitle, '127.0.0.1', String(product.dicomPort)];
    expect(await dcmtk('echoscu', ...node)).toBe('done');
    expect(await dcmtk('storescu', ...node, SAMPLE)).toBe('done');
    expect((await fetch(new URL('/healthz', product.url))).status).toBe(200);
    expect((await product.fetch('/dicom-web/studies?limit=5')).status).toBe(200);
  }

  it.each(CROWDS)('do not keep a modality out: %i DICOM connections from %i addresses', async (count, addresses) => {
    using crowd = new Crowd(product.dicomPort, count, addresses);
    await crowd.connected();
    await expectOthersServed();
  });

  it.each(CROWDS)('do not keep a browser out: %i HTTP connections from %i addresses', async (count, addresses) => {
    using crowd = new Crowd(httpPort, count, addresses, SLOW_REQUESTS['says half its headers']);
    await crowd.connected();
    await expectOthersServed();
  });

  it('do not hold up others by taking no answers, nor make the server keep them', async () => {
    const { study, series, sop, file } = smallInstance('silent', 1, 1024);
    expect((await stow(product, [file])).status).toBe(200);
    const instance = `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;
    const deaf: SilentClient[] = [];
    const resident: number[] = [];
    for (const from of WAVES.map(loopbackAddress)) {
      const wave = [
        ...Array.from({ length: 20 }, () => neverHearing(product, from, 20_000)),
        ...Array.from({ length: 20 }, () => neverReading(product, from, instance, 10)),
        ...Array.from({ length: 20 }, () => new SilentClient(httpPort, from, SLOW_BODY)),
      ];
      deaf.push(...wave);
      await Promise.all(wave.map(({ connected }) => connected));
      await expectOthersServed();
      await new Promise((resolve) => setTimeout(resolve, 3000));
      await expectOthersServed();
      resident.push(await residentMb(product));
    }
    console.info(
      JSON.stringify({ what: 'sixty that take no answer, and sixty more each time', resident: resident.map(Math.round) }),
    );
    // Each wave asked for 200 MB of images, and 400,000 answers. The first also wakes what every server of some use has awake.
    const [first = Number.NaN] = resident;
    expect(resident.at(-1)).toBeLessThan(first + (WAVES.length - 1) * MOST_MB_A_WAVE);
    for (const client of deaf) {
      client[Symbol.dispose]();
    }
  });

  it('are hung up on when their time is over', { timeout: 180_000 }, async () => {
    const associated = Object.values(HALF_WAY_ASSOCIATED).map(async (words) => {
      const peer = await DicomPeer.connect(product.dicomPort, '127.7.7.7');
      peer.say(associateRq());
      await peer.hear(10_000);
      peer.say(words);
      return peer;
    });
    const dicom = Object.values(HALF_WAY).map((words) => new SilentClient(product.dicomPort, '127.7.7.8', words));
    const http = Object.values(SLOW_REQUESTS).map((words) => new SilentClient(httpPort, '127.7.7.8', words));
    const answers = await Promise.all(http.map(({ ended }) => ended));
    expect(answers.map((answer) => answer.slice(0, 12))).toEqual(http.map(() => 'HTTP/1.1 408'));
    await Promise.all(dicom.map(({ ended }) => ended));
    for (const peer of await Promise.all(associated)) {
      expect(await peer.hear(100_000)).toMatchObject({ type: ABORT });
      peer[Symbol.dispose]();
    }
  });
});
