// needs: dcmtk, python, orthanc
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSet, firstText, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Modality } from '../support/modality.ts';
import { today, wish } from '../support/orders.ts';
import { type Orthanc, startOrthanc } from '../support/orthanc.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { type MadeStudy, makeStudies, Pynetdicom, sendFiles } from '../support/query-peers.ts';
import { type Ran, run } from '../support/run.ts';
import { freePort } from '../support/storescp.ts';
import { makePeerIdentity, type PeerTls, peerTls, type SecureLine } from '../support/tls.ts';

/*
 * Every service that others use of us, over TLS with certificates on both sides; and in the clear what no other test tries there.
 */

const CT = '1.2.840.10008.5.1.4.1.1.2';
const STUDY: MadeStudy = { charset: ['ISO_IR 192'], name: 'Nguyễn^Văn An', id: 'W001', study: '2.25.701', instances: 3 };
const UIDS = ['2.25.701.1.1', '2.25.701.1.2', '2.25.701.1.3'];
const KEYS = { StudyInstanceUID: STUDY.study };
const NAME = 'Trần^Thị Bình';

let folder: string;
let product: Product;
let files: readonly string[];
let tls: PeerTls;
let line: SecureLine;
/** Where pynetdicom takes what it had moved, and is told of commitments. */
let listen: number;

async function change(method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await product.fetch(path, { method, body: JSON.stringify(body), headers });
  expect(response.status, await response.clone().text()).toBeLessThan(300);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-secure-'));
  listen = await freePort();
  await makePeerIdentity(folder);
  const config = `
aes:
  - { title: WS01, host: 127.0.0.1, port: ${listen}, may: [echo, store, query, retrieve], facility: main, tls: true }
  - { title: PLAIN01, may: [echo, store, query], facility: main }
`;
  const args = ['--dicom-tls-port', '0', '--dicom-tls-ca', join(folder, 'ca.crt')];
  product = await startProduct({ config, args });
  const session = (await (await product.fetch('/api/session')).json()) as { readonly dicom: { readonly tlsPort: number } };
  tls = peerTls(folder, product.data);
  line = { port: session.dicom.tlsPort, tls };
  files = await makeStudies(folder, [STUDY]);
  await sendFiles(product, files);
  await change('POST', '/api/orders', wish('WL001', NAME));
}, 120_000);

afterAll(async () => {
  await product[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('pynetdicom over TLS', { timeout: 60_000 }, () => {
  it('finds a study', async () => {
    const user = new Pynetdicom(product, line);
    const keys = { PatientName: 'nguyen*', PatientID: '' };
    const { statuses, answers } = await user.find({ level: 'STUDY', keys, charset: ['ISO_IR 192'] });
    expect(statuses).toEqual([0xff00, 0]);
    expect(answers).toMatchObject([{ PatientName: STUDY.name, PatientID: 'W001' }]);
  });

  it('has a study moved to itself', async () => {
    const { statuses, received } = await new Pynetdicom(product, line).move({ level: 'STUDY', keys: KEYS, to: 'WS01', listen });
    expect(statuses.at(-1)).toBe(0);
    expect(received.map(({ uid }) => uid).sort()).toEqual(UIDS);
  });

  it('gets a study on the association it asks on', async () => {
    const job = { level: 'STUDY', keys: KEYS, classes: [CT], syntaxes: ['1.2.840.10008.1.2.1'] };
    const { statuses, received } = await new Pynetdicom(product, line).get(job);
    expect(statuses.at(-1)).toBe(0);
    expect(received.map(({ uid }) => uid).sort()).toEqual(UIDS);
  });

  it('reads its worklist', async () => {
    const found = await new Modality(product, 'WS01', line).worklist(askedOf('CT01'));
    expect(found.map((item) => firstText(item, TAG.PatientName))).toEqual([NAME]);
  });

  it('reports the beginning and the end of a step', async () => {
    const machine = new Modality(product, 'WS01', line);
    expect(await machine.begin('2.25.7100', BEGUN)).toBe(0);
    expect(await machine.change('2.25.7100', ENDED)).toBe(0);
    expect(await machine.change('2.25.7100', ENDED)).toBe(0x0110);
  });

  it('is told whether its images are safe, on its association and when it is called', async () => {
    const machine = new Modality(product, 'WS01', line);
    const wanted = [...UIDS, '2.25.404'].map((uid) => [CT, uid] as const);
    const report = { type: 2, committed: UIDS, failed: [['2.25.404', 0x0112]] };
    expect(await machine.commit('2.25.7201', wanted)).toMatchObject([{ ...report, same: true }]);
    expect(await machine.commit('2.25.7202', wanted, listen)).toMatchObject([{ ...report, same: false }]);
  });
});

/** The keys of a machine that asks for its station. */
function askedOf(station: string): DataSet {
  const step: DataSet = {
    [TAG.ScheduledStationAETitle]: { vr: 'AE', Value: [station] },
    [TAG.ScheduledProcedureStepStartDate]: { vr: 'DA', Value: [today().replaceAll('-', '')] },
  };
  return {
    [TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] },
    [TAG.AccessionNumber]: { vr: 'SH' },
    [TAG.PatientName]: { vr: 'PN' },
    [TAG.ScheduledProcedureStepSequence]: { vr: 'SQ', Value: [step] },
  };
}

const DAY = today().replaceAll('-', '');
const BEGUN: DataSet = {
  [TAG.Modality]: { vr: 'CS', Value: ['CT'] },
  [TAG.PatientName]: { vr: 'PN' },
  [TAG.PatientID]: { vr: 'LO', Value: ['ID-WL001'] },
  [TAG.PerformedStationAETitle]: { vr: 'AE', Value: ['CT01'] },
  [TAG.PerformedProcedureStepStartDate]: { vr: 'DA', Value: [DAY] },
  [TAG.PerformedProcedureStepStartTime]: { vr: 'TM', Value: ['080500'] },
  [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['IN PROGRESS'] },
  [TAG.PerformedProcedureStepID]: { vr: 'SH', Value: ['PPS1'] },
  [TAG.PerformedSeriesSequence]: { vr: 'SQ' },
  [TAG.ScheduledStepAttributesSequence]: {
    vr: 'SQ',
    Value: [{ [TAG.AccessionNumber]: { vr: 'SH' }, [TAG.StudyInstanceUID]: { vr: 'UI', Value: [STUDY.study] } }],
  },
};
const ENDED: DataSet = {
  [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['DISCONTINUED'] },
  [TAG.PerformedProcedureStepEndDate]: { vr: 'DA', Value: [DAY] },
  [TAG.PerformedProcedureStepEndTime]: { vr: 'TM', Value: ['081500'] },
};

/** Has DCMTK send an image as somebody. */
function named(title: string, secure: SecureLine | undefined, passcode: string): Promise<Ran> {
  const [file = ''] = files;
  const user = ['-usr', 'admin', '-pwd', passcode, '-rsp'];
  return dcmtk('storescu', title, secure, ...user, file);
}

/** Runs one of DCMTK's users; what stands behind the options are keys or files. */
function dcmtk(program: string, title: string, secure: SecureLine | undefined, ...options: readonly string[]): Promise<Ran> {
  const shown = secure === undefined ? [] : ['+tls', secure.tls.key, secure.tls.cert, '+cf', secure.tls.ca];
  const files = options.filter((word) => word.endsWith('.dcm'));
  const others = options.filter((word) => !word.endsWith('.dcm'));
  const where = ['127.0.0.1', String(secure?.port ?? product.dicomPort)];
  return run(`/usr/bin/${program}`, ['-v', ...shown, '-aet', title, '-aec', product.aeTitle, ...others, ...where, ...files]);
}

describe('DCMTK', { timeout: 60_000 }, () => {
  it('finds a study over TLS', async () => {
    const keys = ['QueryRetrieveLevel=STUDY', 'PatientID=W001', 'StudyInstanceUID'].flatMap((key) => ['-k', key]);
    const { code, stdout, stderr } = await dcmtk('findscu', 'WS01', line, '-S', ...keys);
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).toContain(STUDY.study);
  });

  it('reads a worklist over TLS', async () => {
    const keys = ['0008,0005=ISO_IR 192', 'PatientName', '(0040,0100)[0].0040,0001=CT01'].flatMap((key) => ['-k', key]);
    const { code, stdout, stderr } = await dcmtk('findscu', 'WS01', line, '-W', ...keys);
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).toContain(NAME);
  });

  it('is asked for the user it names, in the clear and over TLS', async () => {
    for (const [title, secure] of [
      ['PLAIN01', undefined],
      ['WS01', line],
    ] as const) {
      const good = await named(title, secure, ADMIN_PASSWORD);
      expect(good.code, good.stderr).toBe(0);
      const wrong = await named(title, secure, 'wrong');
      expect(wrong.code).not.toBe(0);
      expect(wrong.stdout + wrong.stderr).toContain('Rejected');
    }
  });
});

describe('Orthanc', { timeout: 60_000 }, () => {
  let orthanc: Orthanc;

  beforeAll(async () => {
    const node = { name: 'secure', aeTitle: product.aeTitle, port: line.port };
    const plain = { AET: product.aeTitle, Host: '127.0.0.1', Port: product.dicomPort, LocalAet: 'PLAIN01' };
    const secure = { AET: product.aeTitle, Host: '127.0.0.1', Port: line.port, UseDicomTls: true };
    const config = { DicomModalities: { plain, secure }, DefaultEncoding: 'Utf8' };
    orthanc = await startOrthanc(node, 'ORTHANC', { tls, config });
    const may = ['echo', 'store', 'query', 'retrieve'];
    await change('PUT', '/api/aes/ORTHANC', { host: '127.0.0.1', port: orthanc.dicomPort, may, facility: 'main', tls: true });
  });

  afterAll(async () => {
    await orthanc[Symbol.asyncDispose]();
  });

  it('echoes in the clear', async () => {
    await orthanc.post('/modalities/plain/echo', '{}');
  });

  it('finds a study over TLS and retrieves it to itself', async () => {
    const query = { Level: 'Study', Query: { PatientID: 'W001' } };
    const { ID } = (await orthanc.post('/modalities/secure/query', JSON.stringify(query))) as { readonly ID: string };
    await orthanc.post(`/queries/${ID}/retrieve`, JSON.stringify({ TargetAet: 'ORTHANC', Synchronous: true }));
    expect(await (await orthanc.get('/instances')).json()).toHaveLength(UIDS.length);
  });

  it.each(['plain', 'secure'])('reads a worklist, in the clear and over TLS (%s)', async (node) => {
    const asked = { PatientName: '', ScheduledProcedureStepSequence: [{ ScheduledStationAETitle: 'CT01' }] };
    const found = await orthanc.post(`/modalities/${node}/find-worklist`, JSON.stringify({ Query: asked, Short: false }));
    expect(JSON.stringify(found)).toContain(NAME);
  });

  it('asks over TLS whether images are safe', async () => {
    const instances = [...UIDS, '2.25.404'].map((uid) => [CT, uid]);
    const asked = JSON.stringify({ DicomInstances: instances });
    const { ID } = (await orthanc.post('/modalities/secure/storage-commitment', asked)) as { readonly ID: string };
    const report = async () => (await orthanc.get(`/storage-commitment/${ID}`)).json();
    await expect
      .poll(report, { timeout: 30_000, interval: 200 })
      .toMatchObject({ Status: 'Failure', Failures: [{ SOPInstanceUID: '2.25.404', FailureReason: 0x0112 }] });
  });
});
