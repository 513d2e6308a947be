// needs: dcmtk, python
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSet, firstText, newUid, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { stow } from '../support/facilities.ts';
import type { Line } from '../support/line.ts';
import { Modality } from '../support/modality.ts';
import { today, wish } from '../support/orders.ts';
import { patientFile } from '../support/patient.ts';
import { begun, completed } from '../support/performed-messages.ts';
import type { Product } from '../support/product.ts';
import { run } from '../support/run.ts';
import { json, Site } from '../support/site.ts';
import { freePort } from '../support/storescp.ts';

/* A remote site whose gateway dials out to the centre over a line that comes and goes. */

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

let site: Site;
let centre: Product;
let line: Line;
let gateway: Product;
let scanner: Modality;
let listen: number;

beforeAll(async () => {
  listen = await freePort();
  site = await Site.open(
    `aes: [{ title: CT01, host: 127.0.0.1, port: ${listen}, may: [echo, store, query, retrieve], facility: lapvo }]\n`,
  );
  ({ centre, line, gateway } = site);
  scanner = new Modality(gateway, 'CT01');
});

afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const order = (accession: string, more: object = {}) => site.order(accession, more);

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

/** A study of so many images as files. */
async function makeStudy(count: number, study: string = newUid(), accession = '') {
  const [folder, series] = [await emptyFolder(), newUid()];
  const images = Array.from({ length: count }, () => newUid());
  for (const [index, sop] of images.entries()) {
    const file = patientFile({ ...PATIENT, accession }, { study, series, sop, ...AT });
    await writeFile(join(folder, `${String(index).padStart(3, '0')}.dcm`), file);
  }
  return { study, series, images, folder };
}

/** Sends one from the machine at the site. */
async function sendStudy(count: number): Promise<{ readonly study: string; readonly images: readonly string[] }> {
  const { study, images, folder } = await makeStudy(count);
  await send(folder);
  return { study, images };
}

/** Undefined while the study is not known there. */
async function receiptAt(product: Product, study: string): Promise<{ readonly centre: object | null } | undefined> {
  const found = await product.fetch(`/api/studies/${study}/receipt`);
  return found.status === 200 ? ((await found.json()) as { readonly centre: object | null }) : undefined;
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

  it('delivers every image once, however often the line is cut; worklist and receipts go on at both ends', async () => {
    line.mend();
    const { studyInstanceUid: study } = await order('GW6');
    await order('GW7');
    await expect.poll(accessions, SOON).toEqual(expect.arrayContaining(['GW6', 'GW7']));
    const item = await itemOf('GW6');
    const { images, folder, series } = await makeStudy(60, study, 'GW6');
    const step = newUid();
    expect(await scanner.begin(step, begun(item))).toBe(0);
    const coming = send(folder);
    for (let cuts = 0; cuts < 10; cuts += 1) {
      line.cut();
      // The machine gets its list, and whoever looks gets a receipt, while the line is down.
      expect(await accessions()).toContain('GW7');
      await expect
        .poll(() => receiptAt(gateway, study), SOON)
        .toMatchObject({ studyInstanceUid: study, centre: { problem: expect.any(String) } });
      expect([200, 404]).toContain((await centre.fetch(`/api/studies/${study}/receipt`)).status);
      line.mend();
      await sleep(250);
    }
    await coming;
    expect(await scanner.change(step, completed(series, images))).toBe(0);
    const there = async () => await instancesAt(centre, study);
    await expect.poll(async () => (await there()).length, { timeout: 120_000, interval: 500 }).toBe(images.length);
    expect((await there()).toSorted()).toEqual(images.toSorted());
    const [listed] = await studiesAt(centre, study);
    expect(listed).toMatchObject({ facility: 'lapvo', instanceCount: images.length });

    const told = { by: 'mpps', from: 'CT01', count: images.length };
    const sent = { callingAe: 'CT01', count: images.length };
    const whole = { missing: 0, indexed: images.length, told: [told], sent: [sent] };
    await expect.poll(() => receiptAt(centre, study), SOON).toMatchObject(whole);
    await expect
      .poll(() => receiptAt(gateway, study), SOON)
      .toMatchObject({
        ...whole,
        deliveries: [{ destination: 'archive', delivered: images.length, waiting: 0 }],
        centre: { receipt: { missing: 0, indexed: images.length, safe: images.length }, problem: null },
      });
    line.cut();
    const { centre: known } = (await receiptAt(gateway, study)) ?? {};
    expect(known).toMatchObject({ receipt: { indexed: images.length }, asOf: expect.any(String), problem: expect.any(String) });
    line.mend();
  });

  it('brings there what a person uploads at the site, too', async () => {
    const [study, series, sop] = [newUid(), newUid(), newUid()];
    const file = patientFile(PATIENT, { study, series, sop, ...AT });
    expect((await gateway.fetch('/dicom-web/studies', { method: 'POST', ...stow(file) })).status).toBe(200);
    await expect.poll(() => instancesAt(centre, study), SOON).toEqual([sop]);
  });

  it('reports a commitment once the images are at the centre, and searches there', async () => {
    line.cut();
    const {
      study,
      images: [sop = ''],
    } = await sendStudy(1);
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
    gateway = await site.startGateway('--gateway-keep', '0');
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
    expect(await receiptAt(gateway, study)).toMatchObject({
      indexed: 0,
      missing: 0,
      removed: { instances: 3 },
      centre: { receipt: { indexed: 3, missing: 0 } },
    });
    const trail = await (await gateway.fetch('/api/audit?action=study.remove-copy')).text();
    expect(trail).toContain(study);
    const asked = images.map((sop) => [CT, sop] as const);
    expect(await scanner.commit(newUid(), asked, listen)).toMatchObject([{ type: 1, committed: images }]);
    const { stdout, stderr } = await run('/usr/bin/findscu', findArgs(`StudyInstanceUID=${study}`, 'PatientName'));
    expect(stdout + stderr).toContain('Nguy');
    const moved = await run('/usr/bin/getscu', [
      ...['-v', '-S', '-aet', 'CT01', '-aec', gateway.aeTitle, '-od', await emptyFolder()],
      ...['-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${study}`, '127.0.0.1', String(gateway.dicomPort)],
    ]);
    expect(moved.stdout + moved.stderr).toMatch(/Number of Completed Suboperations\s*: 3/);
  });
});
