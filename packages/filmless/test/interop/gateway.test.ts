// needs: dcmtk, python
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSet, firstText, newUid, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { stow } from '../support/facilities.ts';
import { Line } from '../support/line.ts';
import { Modality } from '../support/modality.ts';
import { today, wish } from '../support/orders.ts';
import { patientFile } from '../support/patient.ts';
import { begun, completed } from '../support/performed-messages.ts';
import { type Product, startProduct } from '../support/product.ts';
import { run } from '../support/run.ts';
import { freePort } from '../support/storescp.ts';

/* A remote site whose gateway dials out to the centre over a line that comes and goes. */

const SITE = 'facilities: [{ id: lapvo, name: Phòng khám Lấp Vò, patientIdIssuer: LAPVO }]\n';
const ASK: DataSet = {
  [TAG.AccessionNumber]: { vr: 'SH' },
  [TAG.PatientName]: { vr: 'PN' },
  [TAG.PatientID]: { vr: 'LO' },
  [TAG.StudyInstanceUID]: { vr: 'UI' },
  [TAG.RequestedProcedureID]: { vr: 'SH' },
  [TAG.ScheduledProcedureStepSequence]: {
    vr: 'SQ',
    Value: [{ [TAG.Modality]: { vr: 'CS', Value: ['CT'] }, [TAG.ScheduledProcedureStepID]: { vr: 'SH' } }],
  },
};

let centre: Product;
let line: Line;
let gateway: Product;
let scanner: Modality;
let token: string;
let listen: number;

const args = () => ['--role', 'router', '--archive', `http://127.0.0.1:${line.port}`];

beforeAll(async () => {
  centre = await startProduct({
    config:
      'facilities: [{ id: main, name: Sa Đéc, patientIdIssuer: SADEC }, { id: lapvo, name: Lấp Vò, patientIdIssuer: LAPVO }]\n',
  });
  const made = await centre.fetch(
    '/api/tokens',
    json({ name: 'lapvo', rights: ['view', 'upload', 'relay'], facilities: ['lapvo'] }),
  );
  expect(made.status, await made.clone().text()).toBe(201);
  ({ token } = (await made.json()) as { token: string });
  line = await Line.to(Number(new URL(centre.url).port));
  listen = await freePort();
  gateway = await startProduct({
    config: `${SITE}aes: [{ title: CT01, host: 127.0.0.1, port: ${listen}, may: [echo, store, query, retrieve], facility: lapvo }]\n`,
    args: args(),
    environment: { FILMLESS_ARCHIVE_TOKEN: token },
  });
  scanner = new Modality(gateway, 'CT01');
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await line[Symbol.asyncDispose]();
  await centre[Symbol.asyncDispose]();
});

function json(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function order(accession: string, more: object = {}): Promise<{ readonly studyInstanceUid: string }> {
  const made = await centre.fetch('/api/orders', json(wish(accession, 'Nguyễn^Văn An', { facility: 'lapvo', ...more })));
  expect(made.status, await made.clone().text()).toBe(201);
  return (await made.json()) as { studyInstanceUid: string };
}

async function stateAt(product: Product, accession: string): Promise<string | undefined> {
  const found = await product.fetch(`/api/orders/${accession}?facility=lapvo`);
  return found.status === 200 ? ((await found.json()) as { readonly state: string }).state : undefined;
}

const accessions = async () => (await scanner.worklist(ASK)).map((item) => firstText(item, TAG.AccessionNumber)).sort();

/** What the worklist says of an order. */
async function itemOf(accession: string): Promise<DataSet> {
  const item = (await scanner.worklist(ASK)).find((found) => firstText(found, TAG.AccessionNumber) === accession);
  expect(item).toBeDefined();
  return item ?? {};
}

const CT = '1.2.840.10008.5.1.4.1.1.2';
const AT = { studyDate: today().replaceAll('-', ''), studyTime: '080600' };
const PATIENT = { name: 'Nguyễn^Văn An', id: 'GWP1', birthDate: '19700101', accession: '' };

async function send(folder: string): Promise<void> {
  const args = ['-aet', 'CT01', '-aec', gateway.aeTitle, '+sd', '127.0.0.1', String(gateway.dicomPort), folder];
  const { code, stderr } = await run('/usr/bin/storescu', args);
  expect(code, stderr).toBe(0);
}

const findArgs = (...keys: readonly string[]): readonly string[] => [
  ...['-v', '-S', '-aet', 'CT01', '-aec', gateway.aeTitle, '-k', 'QueryRetrieveLevel=STUDY'],
  ...keys.flatMap((key) => ['-k', key]),
  ...['127.0.0.1', String(gateway.dicomPort)],
];

async function instancesAt(product: Product, study: string): Promise<readonly string[]> {
  const found = await product.fetch(`/dicom-web/studies/${study}/instances`);
  const instances = found.status === 200 ? ((await found.json()) as DataSet[]) : [];
  return instances.map((instance) => firstText(instance, TAG.SOPInstanceUID) ?? '');
}

async function studiesAt(product: Product, study: string): Promise<readonly object[]> {
  const found = await product.fetch(`/api/studies?StudyInstanceUID=${study}`);
  return ((await found.json()) as { readonly studies: readonly object[] }).studies;
}

interface Standing {
  readonly problem: string | null;
  readonly ordersAsOf: string | null;
  readonly copies: object | null;
}
const standing = async (): Promise<Standing> => (await (await gateway.fetch('/api/gateway')).json()) as Standing;

const SOON = { timeout: 40_000, interval: 500 };

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-gateway-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Has the gateway look for copies that may go, and gives how many did. */
async function removeNow(): Promise<number> {
  const response = await gateway.fetch('/api/gateway/removed', { method: 'POST' });
  expect(response.status, await response.clone().text()).toBe(200);
  return ((await response.json()) as { readonly studies: number }).studies;
}

/** Sends a study of so many images from the machine at the site. */
async function sendStudy(count: number): Promise<{ readonly study: string; readonly images: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-gateway-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [study, series] = [newUid(), newUid()];
  const images = Array.from({ length: count }, () => newUid());
  for (const [index, sop] of images.entries()) {
    await writeFile(join(folder, `${String(index).padStart(3, '0')}.dcm`), patientFile(PATIENT, { study, series, sop, ...AT }));
  }
  await send(folder);
  return { study, images };
}

describe('the gateway of a remote site', { timeout: 180_000 }, () => {
  it('shows a machine the orders of its facility that were made at the centre, as they were changed and cancelled there', async () => {
    await order('GW1');
    await order('GW2');
    await order('MAIN1', { facility: 'main' });
    await expect.poll(accessions, SOON).toEqual(['GW1', 'GW2']);
    const changed = wish('GW1', 'Nguyễn^Văn Ân', { facility: 'lapvo' });
    const put = { ...json(changed), method: 'PUT' };
    expect((await centre.fetch('/api/orders/GW1?facility=lapvo', put)).status).toBe(200);
    expect((await centre.fetch('/api/orders/GW2?facility=lapvo', { method: 'DELETE' })).status).toBe(200);
    const names = async () => (await scanner.worklist(ASK)).map((item) => firstText(item, TAG.PatientName));
    await expect.poll(names, SOON).toEqual(['Nguyễn^Văn Ân']);
    expect(await standing()).toMatchObject({
      problem: null,
      ordersAsOf: expect.stringContaining(new Date().toISOString().slice(0, 10)),
    });
  });

  it('brings what machines say of performed steps to the centre', async () => {
    await order('GW3');
    await expect.poll(accessions, SOON).toContain('GW3');
    const step = newUid();
    expect(await scanner.begin(step, begun(await itemOf('GW3')))).toBe(0);
    await expect.poll(() => stateAt(centre, 'GW3'), SOON).toBe('IN_PROGRESS');
    expect(await scanner.change(step, completed(newUid(), ['2.25.11', '2.25.12']))).toBe(0);
    await expect.poll(() => stateAt(centre, 'GW3'), SOON).toBe('COMPLETED');
    const there = await centre.fetch(`/api/performed-steps/${step}`);
    expect(await there.json()).toMatchObject({ facility: 'lapvo', state: 'COMPLETED', instances: 2, stationAeTitle: 'CT01' });
  });

  it('goes on while the line is cut, says so, and brings what happened meanwhile', async () => {
    await order('GW4');
    await expect.poll(accessions, SOON).toContain('GW4');
    line.cut();
    await expect.poll(async () => (await standing()).problem, SOON).not.toBeNull();
    expect(await (await gateway.fetch('/readyz')).text()).toContain('The centre does not answer');
    await order('GW5');
    const step = newUid();
    expect(await scanner.begin(step, begun(await itemOf('GW4')))).toBe(0);
    expect(await scanner.change(step, completed(newUid(), ['2.25.13']))).toBe(0);
    expect([await stateAt(gateway, 'GW4'), await stateAt(centre, 'GW4')]).toEqual(['COMPLETED', 'SCHEDULED']);
    line.mend();
    await expect.poll(() => stateAt(centre, 'GW4'), SOON).toBe('COMPLETED');
    await expect.poll(accessions, SOON).toContain('GW5');
    expect((await standing()).problem).toBeNull();
  });

  it('delivers every image once, however often the line is cut, and tells whose it is', async () => {
    line.mend();
    const folder = await mkdtemp(join(tmpdir(), 'filmless-gateway-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [study, series] = [newUid(), newUid()];
    const images = Array.from({ length: 60 }, () => newUid());
    for (const [index, sop] of images.entries()) {
      await writeFile(join(folder, `${String(index).padStart(3, '0')}.dcm`), patientFile(PATIENT, { study, series, sop, ...AT }));
    }
    let cuts = 0;
    const coming = send(folder);
    for (; cuts < 10; cuts += 1) {
      line.cut();
      await sleep(150);
      line.mend();
      await sleep(250);
    }
    await coming;
    const there = async () => await instancesAt(centre, study);
    await expect.poll(async () => (await there()).length, { timeout: 120_000, interval: 500 }).toBe(images.length);
    expect((await there()).toSorted()).toEqual(images.toSorted());
    const [listed] = await studiesAt(centre, study);
    expect(listed).toMatchObject({ facility: 'lapvo', instanceCount: images.length });
  });

  it('brings there what a person uploads at the site, too', async () => {
    const [study, series, sop] = [newUid(), newUid(), newUid()];
    const file = patientFile(PATIENT, { study, series, sop, ...AT });
    expect((await gateway.fetch('/dicom-web/studies', { method: 'POST', ...stow(file) })).status).toBe(200);
    await expect.poll(() => instancesAt(centre, study), SOON).toEqual([sop]);
  });

  it('reports a commitment once the images are at the centre, and searches there', async () => {
    line.cut();
    const folder = await mkdtemp(join(tmpdir(), 'filmless-gateway-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [study, series, sop] = [newUid(), newUid(), newUid()];
    await writeFile(join(folder, 'a.dcm'), patientFile(PATIENT, { study, series, sop, ...AT }));
    await send(folder);
    const find = async (...keys: readonly string[]) => {
      const { stderr, stdout } = await run('/usr/bin/findscu', findArgs(...keys));
      return stderr + stdout;
    };
    // What lies here is found; a list of the patient's studies would lack those of the centre.
    expect(await find(`StudyInstanceUID=${study}`, 'PatientName')).toContain('Success');
    expect(await find('StudyInstanceUID', 'PatientID=GWP1')).toMatch(/Failed|Refused|0xa7|0xc0/i);
    const reports = scanner.commit(newUid(), [[CT, sop]], listen);
    await sleep(3_000);
    line.mend();
    expect(await reports).toMatchObject([{ type: 1, committed: [sop] }]);
    expect(await instancesAt(centre, study)).toEqual([sop]);
    expect(await find('StudyInstanceUID', 'PatientID=GWP1')).toContain(study);
  });

  it('removes what the centre keeps, byte for byte, and goes on answering for it', async () => {
    await gateway[Symbol.asyncDispose]();
    gateway = await startProduct({
      config: `${SITE}aes: [{ title: CT01, host: 127.0.0.1, port: ${listen}, may: [echo, store, query, retrieve], facility: lapvo }]\n`,
      args: [...args(), '--gateway-keep', '0'],
      environment: { FILMLESS_ARCHIVE_TOKEN: token },
    });
    scanner = new Modality(gateway, 'CT01');
    const { study, images } = await sendStudy(3);
    line.cut();
    const { study: waiting, images: more } = await sendStudy(2);
    const away = await gateway.fetch('/api/gateway/removed', { method: 'POST' });
    expect([away.status, (await instancesAt(gateway, waiting)).length]).toEqual([expect.any(Number), more.length]);
    line.mend();
    for (const [uid, count] of [
      [study, images.length],
      [waiting, more.length],
    ] as const) {
      await expect.poll(async () => (await instancesAt(centre, uid)).length, SOON).toBe(count);
    }
    await expect.poll(async () => await removeNow().then(() => studiesAt(gateway, study)), SOON).toEqual([]);
    await expect.poll(async () => await removeNow().then(() => studiesAt(gateway, waiting)), SOON).toEqual([]);
    expect((await instancesAt(centre, study)).toSorted()).toEqual(images.toSorted());
    const { copies } = await standing();
    expect(copies).toMatchObject({ keptMs: 0, short: false, removed: { studies: 2, instances: 5 } });
    const listed = (await (await gateway.fetch('/api/gateway/removed')).json()) as { readonly removed: readonly object[] };
    expect(listed.removed).toContainEqual(expect.objectContaining({ studyInstanceUid: study, instances: 3, facility: 'lapvo' }));
    const trail = await (await gateway.fetch('/api/audit?action=study.remove-copy')).text();
    expect(trail).toContain(study);
    // Asked for later, when the line is down: nobody is told that they are not there.
    line.cut();
    const reports = scanner.commit(
      newUid(),
      images.map((sop) => [CT, sop] as const),
      listen,
    );
    await sleep(2_000);
    line.mend();
    expect(await reports).toMatchObject([{ type: 1, committed: images }]);
    const { stdout, stderr } = await run('/usr/bin/findscu', findArgs(`StudyInstanceUID=${study}`, 'PatientName'));
    expect(stdout + stderr).toContain('Nguy');
    const moved = await run('/usr/bin/getscu', [
      ...['-v', '-S', '-aet', 'CT01', '-aec', gateway.aeTitle, '-od', await emptyFolder()],
      ...['-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${study}`, '127.0.0.1', String(gateway.dicomPort)],
    ]);
    expect(moved.stdout + moved.stderr).toMatch(/Number of Completed Suboperations\s*: 3/);
  });
});
