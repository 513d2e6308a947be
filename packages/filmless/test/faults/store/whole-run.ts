import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyIntoBucket, instancesIn } from '@filmless/archive/test/bucket';
import { type S3Server, type S3ServerName, startS3Server } from '@filmless/archive/test/s3-servers';
import { type DataSet, frameRanges } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataSetOf, fetchInstance } from '../../support/objects.ts';
import { type Product, ROOT, startProduct } from '../../support/product.ts';
import { run } from '../../support/run.ts';
import { sha256 } from '../instances.ts';
import { killAgainAndAgain } from '../kill.ts';
import { wholeIndex } from '../listing.ts';
import { stow } from '../load.ts';
import { faultsOfRebuild } from './checks.ts';
import { imagesBySending, objectsByStow, pathOf, type Sample, sendAtOnce } from './sample-instances.ts';

const MAIN = join(ROOT, 'packages', 'filmless', 'src', 'main.ts');
const SLICES = 24;
const KILLS = process.env.FILMLESS_LONG === '1' ? 10 : 3;
const SEED = process.env.FILMLESS_SEED ?? 'bucket';
const OCTETS = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';

/** What a hospital does in a day, with its images in a bucket. */
export function wholeRunSuite(name: S3ServerName): void {
  describe(`images in a bucket of ${name}`, () => {
    let folder: string;
    let server: S3Server;
    let product: Product;
    let sent: readonly Sample[];
    let posted: readonly Sample[];
    const open = () => startProduct({ data: join(folder, 'data'), args: ['--store', server.url('filmless')] });

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'filmless-bucket-'));
      server = await startS3Server(name);
      product = await open();
      [sent, posted] = await Promise.all([imagesBySending(SLICES), objectsByStow()]);
    });

    afterAll(async () => {
      await product[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    const comeBack = () => comesBack(product, [...sent, ...posted]);

    it('come by four associations and by STOW', async () => {
      expect(await sendAtOnce(product, sent, 4)).toEqual([]);
      const response = await stow(
        product,
        posted.map(({ file }) => file),
      );
      expect(response.status, await response.text()).toBe(200);
    });

    it('come back whole, byte for byte', comeBack);

    it('come back as a study', async () => {
      const study = sent[0]?.object.studyInstanceUid ?? '';
      const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
      const response = await product.fetch(`/dicom-web/studies/${study}`, { headers: { accept } });
      const body = Buffer.from(await response.arrayBuffer());
      expect(response.status).toBe(200);
      expect(body.toString('latin1').split('DICM').length - 1).toBe(
        sent.filter(({ object }) => object.studyInstanceUid === study).length,
      );
    });

    it('come back frame by frame', async () => {
      const withFrames = [...sent.slice(0, 2), ...sent.slice(-1), ...posted].filter(({ object }) => object.frames.count > 0);
      expect(withFrames.length).toBeGreaterThan(4);
      for (const sample of withFrames) {
        const content = sample.object.inflated?.bytes ?? sample.file;
        for (let frame = 0; frame < sample.object.frames.count; frame += 1) {
          const { ranges } = frameRanges(sample.object.frames, frame);
          const bytes = Buffer.concat(ranges.map(({ offset, length }) => content.subarray(offset, offset + length)));
          const response = await product.fetch(`${pathOf(sample)}/frames/${frame + 1}`, { headers: { accept: OCTETS } });
          const body = Buffer.from(await response.arrayBuffer());
          expect(response.status).toBe(200);
          expect(body.includes(bytes), `${pathOf(sample)} frame ${frame + 1}`).toBe(true);
        }
      }
    });

    it('come back as bulk data, where metadata says', async () => {
      const [sample] = sent;
      const metadata = await product.fetch(`${sample === undefined ? '' : pathOf(sample)}/metadata`);
      const [header] = (await metadata.json()) as readonly DataSet[];
      const pixels = header?.['7FE00010'];
      const uri = pixels !== undefined && 'BulkDataURI' in pixels ? String(pixels.BulkDataURI) : '';
      const response = await product.fetch(new URL(uri, product.url).pathname, {
        headers: { accept: 'application/octet-stream' },
      });
      const value = Buffer.from(await response.arrayBuffer());
      expect(value.byteLength).toBeGreaterThan(100_000);
      expect(Buffer.from(sample?.file ?? []).includes(value)).toBe(true);
    });

    it('come back as pictures', async () => {
      for (const sample of [...sent.slice(0, 1), ...sent.slice(-1), ...posted.slice(0, 3)]) {
        const response = await product.fetch(`${pathOf(sample)}/rendered`, { headers: { accept: 'image/jpeg' } });
        const bytes = Buffer.from(await response.arrayBuffer());
        expect(response.status).toBe(200);
        expect(bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff');
      }
    });

    it('are there after a restart, and nothing is wrong', async () => {
      const before = await wholeIndex(product);
      expect(await product.stop()).toBe(0);
      product = await open();
      await comeBack();
      expect(await wholeIndex(product)).toEqual(before);
      expect(await (await product.fetch('/readyz')).json()).toMatchObject({ ready: true, problems: [] });
    });

    it('make the index again, but not from a store without images', async () => {
      const before = await wholeIndex(product);
      expect(await product.stop()).toBe(0);
      const elsewhere = await run(process.execPath, [MAIN, 'rebuild', '--data', product.data]);
      expect(elsewhere.stderr).toContain('the index is left as it is');
      expect(elsewhere.code).not.toBe(0);
      expect(await faultsOfRebuild(product.data, server.url('filmless'), before)).toEqual([]);
      product = await open();
      await comeBack();
    });
  });

  describe(`a folder of images copied into a bucket of ${name}`, () => {
    it('goes on there, with the index it had and with one made again', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'filmless-move-'));
      await using server = await startS3Server(name);
      const data = join(folder, 'data');
      const store = server.url('filmless');
      try {
        const samples = await objectsByStow();
        const files = samples.map(({ file }) => file);
        {
          await using before = await startProduct({ data });
          expect((await stow(before, files)).status).toBe(200);
        }
        await copyIntoBucket(join(data, 'objects'), store);
        await rm(join(data, 'objects'), { recursive: true });
        await using after = await startProduct({ data, args: ['--store', store] });
        await comesBack(after, samples);
        const index = await wholeIndex(after);
        expect(await after.stop()).toBe(0);
        expect(await faultsOfRebuild(data, store, index)).toEqual([]);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  });

  describe(`a server with its images in a bucket of ${name}, killed under load`, () => {
    it('keeps what it acknowledged, once, and leaves nothing else in the bucket', async () => {
      await using server = await startS3Server(name);
      const store = { url: server.url('filmless'), instances: () => instancesIn(server.url('filmless')) };
      const { faults, ...figures } = await killAgainAndAgain(`${SEED}-${name}`, KILLS, store);
      console.info(JSON.stringify({ server: name, ...figures }));
      expect(faults).toEqual([]);
      expect(figures.kills).toBe(KILLS);
      expect(figures.acknowledged).toBeGreaterThan(0);
    });
  });
}

async function comesBack(product: Product, samples: readonly Sample[]): Promise<void> {
  for (const { file, object } of samples) {
    const back = await fetchInstance(product, object.studyInstanceUid, object.seriesInstanceUid, object.sopInstanceUid);
    const bytes = typeof back === 'number' ? `status ${back}` : sha256(dataSetOf(back));
    expect(bytes, object.sopInstanceUid).toBe(sha256(dataSetOf(file)));
  }
}
