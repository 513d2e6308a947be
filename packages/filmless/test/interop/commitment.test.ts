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
});
