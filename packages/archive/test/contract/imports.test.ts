import { createHash } from 'node:crypto';
import {
  bytesSource,
  type DataSet,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  inspectObject,
  readFileMeta,
  TAG,
  writeFileMeta,
} from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { attribute, dataSetOf, deflatedFile, fileOf, objectFile } from '../support/objects.ts';
import { orderBody, send } from '../support/orders.ts';

const STUDY = '1.2.900';
const ON_DISC = { id: 'K-77', issuer: '', name: 'NGUYEN VAN AN', birthDate: '1970-01-01', sex: 'M' };
const OF_DISC: DataSet = {
  [TAG.InstitutionName]: attribute('LO', 'BV Khac'),
  [TAG.PatientName]: attribute('PN', { Alphabetic: 'NGUYEN^VAN^AN' }),
  [TAG.PatientID]: attribute('LO', 'K-77'),
  [TAG.PatientBirthDate]: attribute('DA', '19700101'),
  [TAG.PatientSex]: attribute('CS', 'M'),
  [TAG.SpecificCharacterSet]: attribute('CS', 'ISO_IR 100'),
  '00100024': { vr: 'SQ', Value: [{ '00400032': attribute('UT', 'https://khac.example') }] },
  '00181000': attribute('LO', 'Gerät 5'),
};
const discFile = (facts: Parameters<typeof dataSetOf>[0] = {}) =>
  objectFile({ study: STUDY, ...facts, more: { ...OF_DISC, ...facts?.more } });

interface Imported {
  readonly id: string;
  readonly patient: { readonly id: string };
  readonly code?: string;
  readonly differences?: unknown;
}

describe('a study from elsewhere that a person puts under a patient of this house', () => {
  let http: TestHttp;

  beforeEach(async () => {
    http = await openTestHttp();
    await send(http, 'POST', '/api/orders', orderBody());
  });

  afterEach(async () => {
    await http[Symbol.asyncDispose]();
  });

  const decide = async (changes: object = {}, as = 'main') => {
    const body = { studyInstanceUid: STUDY, original: ON_DISC, under: { kind: 'order', accessionNumber: 'A1' }, ...changes };
    const response = await send(http, 'POST', '/api/imports', body, as);
    return { status: response.status, body: (await response.json()) as Imported };
  };
  const store = async (id: string, file: Uint8Array, as = 'main') => {
    const headers = { 'content-type': 'application/dicom' };
    const body = new Uint8Array(file);
    return await http.ask(`/api/imports/${id}/instances`, {
      method: 'POST',
      as,
      headers,
      body,
      accept: 'application/dicom+json',
    });
  };
  const stored = async () => {
    const [part] = await partsOf(
      await http.ask(`/studies/${STUDY}`, { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' }),
    );
    return await inspectObject(bytesSource(new Uint8Array(part?.bytes ?? [])));
  };

  it('names the patient of this house in each object, with what it named before, and keeps its UIDs and pixels', async () => {
    const { status, body } = await decide();
    expect(status).toBe(201);
    expect((await store(body.id, discFile())).status).toBe(200);
    const { header, meta, warnings } = await stored();
    expect(warnings).toEqual([]);
    expect(meta.transferSyntaxUid).toBe(EXPLICIT_VR_LITTLE_ENDIAN);
    expect(header).toMatchObject({
      [TAG.PatientID]: { Value: ['P1'] },
      [TAG.IssuerOfPatientID]: { Value: ['SADEC'] },
      [TAG.PatientName]: { Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
      [TAG.AccessionNumber]: { Value: ['A1'] },
      [TAG.StudyInstanceUID]: { Value: [STUDY] },
      [TAG.SOPInstanceUID]: { Value: [`${STUDY}.1.1`] },
      '00181000': { Value: ['Gerät 5'] },
    });
    expect(header['00100024']).toBeUndefined();
    expect(header['04000561']).toEqual({
      vr: 'SQ',
      Value: [
        {
          '04000550': {
            vr: 'SQ',
            Value: [
              {
                [TAG.AccessionNumber]: { vr: 'SH', Value: ['A-100'] },
                [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'NGUYEN^VAN^AN' }] },
                [TAG.PatientID]: { vr: 'LO', Value: ['K-77'] },
                [TAG.IssuerOfPatientID]: { vr: 'LO' },
                '00100024': { vr: 'SQ', Value: [{ '00400032': { vr: 'UT', Value: ['https://khac.example'] } }] },
              },
            ],
          },
          '04000562': { vr: 'DT', Value: [expect.stringMatching(/^\d{14}\+0000$/)] },
          '04000563': { vr: 'LO', Value: ['FILMLESS'] },
          '04000564': { vr: 'LO', Value: ['BV Khac'] },
          '04000565': { vr: 'CS', Value: ['COERCE'] },
        },
      ],
    });
    expect(http.audited.map(({ action }) => action)).toContain('study.import');
    const order = (await (await http.ask('/api/orders/A1')).json()) as { readonly study: unknown };
    expect(order.study).toMatchObject({ studyInstanceUid: STUDY, instances: 1 });
  });

  it('is one object however often it comes, and one decision however often it is taken', async () => {
    const { body } = await decide();
    await store(body.id, discFile());
    const again = await decide();
    expect([again.status, again.body.id]).toEqual([200, body.id]);
    expect((await store(again.body.id, discFile())).status).toBe(200);
    const conflicts = (await (await http.ask('/api/conflicts')).json()) as { readonly conflicts: unknown };
    expect(conflicts.conflicts).toEqual([]);
    const journal = (await (await http.ask(`/api/studies/${STUDY}/imports`)).json()) as { readonly imports: unknown };
    expect(journal.imports).toMatchObject([
      { id: body.id, original: ON_DISC, patient: { id: 'P1', issuer: 'SADEC' }, by: 'main' },
    ]);
  });

  it.each([
    ['deflated', (): Uint8Array => deflatedFile({ study: STUDY, more: OF_DISC })],
    ['big endian', bigEndianFile],
  ])('comes out readable where it was %s, with its pixels', async (_, file) => {
    const { body } = await decide();
    expect((await store(body.id, file())).status).toBe(200);
    const { header, meta, warnings } = await stored();
    expect([meta.transferSyntaxUid, header[TAG.PatientID]?.Value, warnings]).toEqual([EXPLICIT_VR_LITTLE_ENDIAN, ['P1'], []]);
    const bulk = await http.ask(`/studies/${STUDY}/series/${STUDY}.1/instances/${STUDY}.1.1/frames/1`, {
      accept: 'application/octet-stream',
    });
    expect([...new Uint8Array(await bulk.arrayBuffer())].slice(0, 16)).toEqual(Array.from({ length: 16 }, () => 7));
  });

  it('is changed as well when a large object comes in pieces', async () => {
    const { body } = await decide();
    const file = new Uint8Array(discFile());
    const sha256 = createHash('sha256').update(file).digest('hex');
    const wanted = { sopInstanceUid: `${STUDY}.1.1`, length: file.byteLength, sha256, importId: body.id };
    const begun = (await (await send(http, 'POST', '/api/uploads', wanted)).json()) as { readonly id: string };
    const append = (as: string) =>
      http.ask(`/api/uploads/${begun.id}`, { method: 'PATCH', headers: { 'upload-offset': '0' }, body: file, as });
    // Who may edit no more since it was begun puts nothing under the patient.
    expect((await append('demoted')).status).toBe(404);
    const sent = await append('main');
    expect(await sent.json()).toMatchObject({ outcome: { status: 'stored' } });
    expect((await stored()).header[TAG.PatientID]?.Value).toEqual(['P1']);
  });

  it('is inflated few at a time, however many come at once', async () => {
    const { body } = await decide();
    const { reception } = http.archive;
    const { receive, open } = { receive: reception.receive.bind(reception), open: reception.open.bind(reception) };
    const allOpened = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    let opened = 0;
    let inflated = 0;
    const opening = vi.spyOn(reception, 'open').mockImplementation(async (object) => {
      opened += 1;
      if (opened === 5) {
        allOpened.resolve();
      }
      await allOpened.promise;
      return await open(object);
    });
    const receiving = vi.spyOn(reception, 'receive').mockImplementation(async (pieces, options) => {
      if (opened >= 5) {
        inflated += 1;
        await released.promise;
      }
      return await receive(pieces, options);
    });
    const file = deflatedFile({ study: STUDY, more: OF_DISC });
    const answers = Promise.all([1, 2, 3, 4, 5].map(() => store(body.id, file)));
    await expect.poll(() => inflated).toBeGreaterThan(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(inflated).toBe(2);
    released.resolve();
    expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    opening.mockRestore();
    receiving.mockRestore();
  });

  it('is refused, and nothing worse, when an object cannot be read again', async () => {
    const { body } = await decide();
    const spy = vi.spyOn(http.archive.reception, 'open').mockRejectedValueOnce(new Error('EIO: i/o error, read'));
    expect((await store(body.id, discFile())).status).toBe(503);
    spy.mockRestore();
    expect((await store(body.id, discFile())).status).toBe(200);
  });

  it('may be put under the patient of another study that is here', async () => {
    await http.stow([objectFile({ study: '1.2.3' })]);
    const under = { kind: 'study', studyInstanceUid: '1.2.3' };
    const { status, body } = await decide({ under, confirm: true });
    expect([status, body.patient.id]).toEqual([201, 'P1']);
    await store(body.id, discFile());
    const { header } = await stored();
    expect(header[TAG.PatientName]?.Value).toEqual([{ Alphabetic: 'Đỗ^Thị Dương' }]);
    expect(header[TAG.AccessionNumber]?.Value).toEqual(['A-100']);
  });

  it('needs a word more where the people differ in more than their ids', async () => {
    const other = { ...ON_DISC, name: 'TRAN THI BINH', birthDate: '1980-02-02' };
    const { status, body } = await decide({ original: other });
    expect([status, body.code]).toEqual([409, 'patient-mismatch']);
    expect(body.differences).toMatchObject([{ field: 'name' }, { field: 'birthDate' }]);
    expect((await decide({ original: other, confirm: true })).status).toBe(201);
  });

  it('takes no object of another study, nor of another patient than was compared', async () => {
    const { body } = await decide();
    const elsewhere = await store(body.id, discFile({ study: '1.2.901' }));
    expect(elsewhere.status).toBe(409);
    const stranger = await store(body.id, discFile({ more: { [TAG.PatientID]: attribute('LO', 'K-78') } }));
    expect(stranger.status).toBe(409);
    expect(await stranger.json()).toMatchObject({ '00081198': { Value: [{ '00081155': { Value: [`${STUDY}.1.1`] } }] } });
    expect(http.audited.at(-1)?.detail).toContain('it names another patient than the one that was compared');
    expect((await store(body.id, new Uint8Array([1, 2, 3]))).status).toBe(409);
  });

  it('is refused where the study is here already, of somebody else', async () => {
    await http.stow([discFile()]);
    expect(await decide()).toMatchObject({ status: 409, body: { code: 'study-here' } });
  });

  it('cannot be decided by who may not edit, nor for what another facility has', async () => {
    expect((await send(http, 'POST', '/api/imports', {}, 'reader')).status).toBe(403);
    expect((await decide({}, 'branch')).status).toBe(404);
    const { body } = await decide();
    expect((await store(body.id, discFile(), 'branch')).status).toBe(404);
    expect((await http.ask(`/api/studies/${STUDY}/imports`, { as: 'branch' })).status).toBe(404);
    const wanted = { sopInstanceUid: '1.2', length: 1, sha256: '0'.repeat(64), importId: body.id };
    expect((await send(http, 'POST', '/api/uploads', wanted, 'branch')).status).toBe(404);
  });

  it('needs to be understood', async () => {
    expect((await decide({ under: { kind: 'order' } })).status).toBe(400);
    expect((await decide({ original: { ...ON_DISC, birthDate: '1.1.1970' } })).status).toBe(400);
    expect((await decide({ under: { kind: 'study', studyInstanceUid: '9.9' } })).status).toBe(404);
  });
});

/** The same image in Explicit VR Big Endian, made by hand: words of 16 bits. PS3.5 7.3. */
function bigEndianFile(): Uint8Array {
  const { [TAG.PixelData]: _, '00100024': __, ...dataSet } = dataSetOf({ study: STUDY, more: OF_DISC });
  const plain = fileOf(dataSet);
  const little = plain.subarray(readFileMeta(plain).dataSetOffset);
  const meta = writeFileMeta({
    mediaStorageSopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    mediaStorageSopInstanceUid: `${STUDY}.1.1`,
    transferSyntaxUid: EXPLICIT_VR_BIG_ENDIAN,
  });
  const big = Buffer.from(little);
  for (let at = 0; at + 8 <= big.length; ) {
    big.subarray(at, at + 2).swap16();
    big.subarray(at + 2, at + 4).swap16();
    const vr = big.toString('latin1', at + 4, at + 6);
    const length = big.readUInt16LE(at + 6);
    big.subarray(at + 6, at + 8).swap16();
    if (vr === 'US') {
      big.subarray(at + 8, at + 8 + length).swap16();
    }
    at += 8 + length;
  }
  const pixels = Buffer.concat([Buffer.from('7fe000104f57000000000010', 'hex'), Buffer.alloc(16, 7)]);
  return Buffer.concat([meta, big, pixels]);
}
