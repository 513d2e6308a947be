// needs: orthanc
import { newUid } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { type Orthanc, startOrthanc } from '../support/orthanc.ts';
import { patientFile } from '../support/patient.ts';
import { type Product, startProduct } from '../support/product.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';

function image(study: string, sop: string): Uint8Array {
  const patient = { name: 'Trần^Thị Bình', id: 'W002', birthDate: '19800101', accession: 'WL009' };
  return patientFile(patient, { study, series: `${study}.1`, sop, studyDate: '20260301', studyTime: '080600' });
}

/** What Orthanc was told, once it was. */
async function reportOf(orthanc: Orthanc, id: string) {
  let report: unknown;
  await expect
    .poll(
      async () => {
        report = await (await orthanc.get(`/storage-commitment/${id}`)).json();
        return (report as { readonly Status: string }).Status;
      },
      { timeout: 60_000, interval: 300 },
    )
    .not.toBe('Pending');
  return report as {
    readonly Status: string;
    readonly Success: readonly { readonly SOPInstanceUID: string }[];
    readonly Failures: readonly { readonly SOPInstanceUID: string; readonly FailureReason: number }[];
  };
}

async function deliveries(product: Product): Promise<readonly { readonly state: string; readonly commitment: string | null }[]> {
  const { deliveries: found } = (await (await product.fetch('/api/queues/orthanc')).json()) as {
    readonly deliveries: readonly { readonly state: string; readonly commitment: string | null }[];
  };
  return found;
}

async function change(product: Product, method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await product.fetch(path, { method, body: JSON.stringify(body), headers });
  expect(response.status, await response.clone().text()).toBe(201);
}

describe('Orthanc', () => {
  it('asks whether images are safe, and is told which one is missing', { timeout: 180_000 }, async () => {
    await using product = await startProduct();
    await using orthanc = await startOrthanc({ name: 'filmless', aeTitle: product.aeTitle, port: product.dicomPort });
    await change(product, 'PUT', '/api/aes/ORTHANC', {
      host: '127.0.0.1',
      port: orthanc.dicomPort,
      may: ['store'],
      facility: 'main',
    });
    const study = newUid();
    const [kept, missing] = [newUid(), newUid()];
    const { ID } = (await orthanc.post('/instances', image(study, kept))) as { readonly ID: string };
    await orthanc.post('/modalities/filmless/store', JSON.stringify([ID]));
    const ask = async (...uids: readonly string[]) => {
      const body = { DicomInstances: uids.map((uid) => [CT, uid]) };
      return ((await orthanc.post('/modalities/filmless/storage-commitment', JSON.stringify(body))) as { readonly ID: string })
        .ID;
    };
    const all = await reportOf(orthanc, await ask(kept));
    expect(all.Status).toBe('Success');
    expect(all.Success.map(({ SOPInstanceUID }) => SOPInstanceUID)).toEqual([kept]);
    const some = await reportOf(orthanc, await ask(kept, missing));
    expect(some.Status).toBe('Failure');
    expect(some.Failures).toMatchObject([{ SOPInstanceUID: missing, FailureReason: 0x0112 }]);
  });

  it('is asked about what it was sent, commits itself, and what it lost is sent again', { timeout: 180_000 }, async () => {
    await using product = await startProduct();
    const node = { name: 'filmless', aeTitle: product.aeTitle, port: product.dicomPort };
    await using orthanc = await startOrthanc(node);
    await using sender = await startOrthanc(node, 'SENDER');
    const destination = {
      id: 'orthanc',
      aeTitle: 'ORTHANC',
      host: '127.0.0.1',
      port: orthanc.dicomPort,
      commitment: true,
      when: {},
    };
    await change(product, 'POST', '/api/destinations', destination);
    const study = newUid();
    const ids: string[] = [];
    for (const sop of [newUid(), newUid()]) {
      ids.push(((await sender.post('/instances', image(study, sop))) as { readonly ID: string }).ID);
    }
    await sender.post('/modalities/filmless/store', JSON.stringify(ids));
    const arrived = async () => ((await (await orthanc.get('/instances')).json()) as readonly string[]).length;
    await expect.poll(arrived, { timeout: 30_000, interval: 200 }).toBe(2);
    // One is lost before it is asked about.
    await fetch(`${orthanc.url}/instances/${ids[0]}`, { method: 'DELETE' });
    await expect
      .poll(() => deliveries(product), { timeout: 120_000, interval: 500 })
      .toMatchObject([
        { state: 'done', commitment: 'confirmed' },
        { state: 'done', commitment: 'confirmed' },
      ]);
    expect(await arrived()).toBe(2);
    const { requests } = (await (await product.fetch('/api/commitment-requests')).json()) as {
      readonly requests: readonly { readonly refused: number }[];
    };
    expect(requests.reduce((sum, { refused }) => sum + refused, 0)).toBe(1);
  });
});
