// needs: python
import { type DataSet, firstText, newUid, TAG } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Line } from '../support/line.ts';
import { Modality } from '../support/modality.ts';
import { wish } from '../support/orders.ts';
import { begun, completed } from '../support/performed-messages.ts';
import { type Product, startProduct } from '../support/product.ts';

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
  gateway = await startProduct({
    config: `${SITE}aes: [{ title: CT01, may: [echo, store, query, retrieve], facility: lapvo }]\n`,
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

interface Standing {
  readonly problem: string | null;
  readonly ordersAsOf: string | null;
}
const standing = async (): Promise<Standing> => (await (await gateway.fetch('/api/gateway')).json()) as Standing;

const SOON = { timeout: 40_000, interval: 500 };

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
});
