// needs: orthanc
import { readFile } from 'node:fs/promises';
import { bytesSource, type DataSet, inspectObject } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { completeFiles, dataSetOf, fetchInstance, type SampleFile, withoutTwins } from '../support/objects.ts';
import { startOrthanc } from '../support/orthanc.ts';
import { startProduct } from '../support/product.ts';

/** Objects Orthanc takes and passes on as they are: uncompressed, so that it need not transcode, and one a modality. */
async function chosen(): Promise<readonly SampleFile[]> {
  const [first = []] = withoutTwins(await completeFiles());
  return first
    .filter(({ path, transferSyntaxUid }) => transferSyntaxUid === '1.2.840.10008.1.2.1' && !path.includes('/broken/'))
    .slice(0, 40);
}

async function readAll(files: readonly SampleFile[]): Promise<readonly Uint8Array[]> {
  return Promise.all(files.map(async ({ path }) => new Uint8Array(await readFile(path))));
}

/** Without trailing padding and group lengths, which a sender may leave out. PS3.10 7.2, PS3.5 7.2. */
async function headerOf(part10: Uint8Array): Promise<DataSet> {
  const { header } = await inspectObject(bytesSource(part10));
  return Object.fromEntries(Object.entries(header).filter(([tag]) => tag !== 'FFFCFFFC' && !tag.endsWith('0000')));
}

describe('Orthanc', () => {
  it('sends studies, and each instance comes back as Orthanc has it', { timeout: 180_000 }, async () => {
    await using product = await startProduct();
    await using orthanc = await startOrthanc({ name: 'filmless', aeTitle: product.aeTitle, port: product.dicomPort });
    const ids: string[] = [];
    for (const bytes of await readAll(await chosen())) {
      const answer = (await orthanc.post('/instances', bytes)) as { readonly ID: string };
      ids.push(answer.ID);
    }
    await orthanc.post('/modalities/filmless/store', JSON.stringify(ids));
    expect(ids.length).toBeGreaterThan(5);
    for (const id of ids) {
      const kept = new Uint8Array(await (await orthanc.get(`/instances/${id}/file`)).arrayBuffer());
      const object = await inspectObject(bytesSource(kept));
      const back = await fetchInstance(product, object.studyInstanceUid, object.seriesInstanceUid, object.sopInstanceUid);
      expect(typeof back === 'number' ? back : await headerOf(back)).toEqual(await headerOf(kept));
    }
  });

  it('receives what the archive got, without anybody doing anything', { timeout: 180_000 }, async () => {
    await using product = await startProduct();
    await using orthanc = await startOrthanc({ name: 'filmless', aeTitle: product.aeTitle, port: product.dicomPort });
    const destination = { id: 'orthanc', aeTitle: orthanc.aeTitle, host: '127.0.0.1', port: orthanc.dicomPort, when: {} };
    const made = await product.fetch('/api/destinations', {
      method: 'POST',
      body: JSON.stringify(destination),
      headers: { 'content-type': 'application/json' },
    });
    expect(made.status, await made.clone().text()).toBe(201);
    await using sender = await startOrthanc({ name: 'filmless', aeTitle: product.aeTitle, port: product.dicomPort }, 'SENDER');
    const files = await readAll(await chosen());
    const ids: string[] = [];
    for (const bytes of files) {
      ids.push(((await sender.post('/instances', bytes)) as { readonly ID: string }).ID);
    }
    await sender.post('/modalities/filmless/store', JSON.stringify(ids));
    const arrived = async (): Promise<readonly string[]> => (await (await orthanc.get('/instances')).json()) as readonly string[];
    await expect.poll(async () => (await arrived()).length, { timeout: 60_000, interval: 500 }).toBe(ids.length);
    for (const id of ids) {
      const received = new Uint8Array(await (await orthanc.get(`/instances/${id}/file`)).arrayBuffer());
      const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = await inspectObject(bytesSource(received));
      const kept = await fetchInstance(product, studyInstanceUid, seriesInstanceUid, sopInstanceUid);
      expect(typeof kept === 'number' ? kept : Buffer.compare(dataSetOf(received), dataSetOf(kept)), sopInstanceUid).toBe(0);
    }
  });
});
