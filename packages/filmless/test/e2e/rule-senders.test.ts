// needs: dcmtk, python
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../faults/instances.ts';
import { type DepartmentStudy, departmentStudy, writeStudy } from '../support/department-study.ts';
import { json } from '../support/facilities.ts';
import { dataSetOf, fetchInstance } from '../support/objects.ts';
import { type Product, ROOT, startProduct } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';
import { type StoreScp, startStoreScp } from '../support/storescp.ts';

const SENDER = join(ROOT, 'packages/filmless/test/interop/python/store_files.py');
const READER = join(ROOT, 'packages/filmless/test/e2e/python/read_coerced.py');
const HOUR_MS = 3_600_000;

/** An hour of the server's clock, which is this machine's. */
const hour = (fromNow: number) => {
  const at = new Date(Date.now() + fromNow * HOUR_MS);
  return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
};

const rulesWith = (night: string) => `rules:
  - name: cấp cứu
    when: { tags: { RequestingService: "*cap cuu*" } }
    then: [{ send: { to: phongdoc, class: emergency } }]
  - name: máy CT
    when: { callingAe: "CT*" }
    then:
      - send: { to: phongdoc, class: consultation }
      - set: { InstitutionName: BVĐK Sa Đéc }
      - remove: [PatientTelephoneNumbers]
  - name: mọi thứ qua đêm
    when: { address: 127.0.0.0/8 }
    then: [{ send: { to: saoluu, class: backfill, hold: "${night}" } }]
`;

const more = () => ({ PatientTelephoneNumbers: '0909000111' });
const FROM_CT = departmentStudy({ seed: 'rule ct', patient: 'Đỗ^Văn Một', department: 'Khoa Nội', slices: 2, size: 64, more });
const EMERGENCY = departmentStudy({
  seed: 'rule er',
  patient: 'Đỗ^Văn Hai',
  department: 'Khoa Cấp cứu',
  slices: 1,
  size: 64,
  more,
});
const FROM_MR = departmentStudy({
  ...{ seed: 'rule mr', patient: 'Đỗ^Văn Ba', department: 'Khoa Nội', modality: 'MR', slices: 1, size: 64, more },
});
const LATER = departmentStudy({ seed: 'rule later', patient: 'Đỗ^Văn Tư', department: 'Khoa Nội', slices: 1, size: 64, more });

interface Delivery {
  readonly id: number;
  readonly sopInstanceUid: string;
  readonly state: string;
  readonly class: string;
  readonly rule: string;
  readonly heldUntil: string | null;
}

interface Coerced {
  readonly institution: string;
  readonly phone: boolean;
  readonly patient: string;
  readonly notes: readonly object[];
}

describe('rules, for what machines send', () => {
  let folder: string;
  let product: Product;
  let reading: StoreScp;
  let backup: StoreScp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-rules-'));
    await Promise.all(['phongdoc', 'saoluu'].map((name) => mkdir(join(folder, name))));
    product = await startProduct();
    reading = await startStoreScp(join(folder, 'phongdoc'));
    backup = await startStoreScp(join(folder, 'saoluu'));
    for (const [id, { port }] of [
      ['phongdoc', reading],
      ['saoluu', backup],
    ] as const) {
      const destination = { id, kind: 'dicom', aeTitle: 'STORESCP', host: '127.0.0.1', port };
      expect((await product.fetch('/api/destinations', { method: 'POST', ...json(destination) })).status).toBe(201);
    }
    expect((await put(rulesWith(`${hour(2)}-${hour(3)}`))).status).toBe(200);
  });

  afterAll(async () => {
    await product[Symbol.asyncDispose]();
    await reading[Symbol.asyncDispose]();
    await backup[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const put = (document: string) => product.fetch('/api/rules', { method: 'PUT', body: document });
  const withDcmtk = async (title: string, study: DepartmentStudy) => {
    const files = await writeStudy(join(folder, study.study), study);
    const where = ['-aet', title, '-aec', product.aeTitle, '127.0.0.1', String(product.dicomPort)];
    const { code, stderr } = await run('/usr/bin/storescu', [...where, '+sd', files]);
    expect(code, stderr).toBe(0);
  };
  const withPynetdicom = async (study: DepartmentStudy) => {
    const files = await writeStudy(join(folder, study.study), study);
    const paths = (await readdir(files)).map((name) => join(files, name));
    const job = { host: '127.0.0.1', port: product.dicomPort, ae: product.aeTitle, pdu: 0, files: paths };
    const { stdout, stderr } = await run(PYTHON, [SENDER], { input: JSON.stringify(job) });
    expect(JSON.parse(stdout), stderr).toEqual(paths.map((path) => ({ path, status: 0 })));
  };
  const deliveries = async (destination: string) => {
    const answer = (await (await product.fetch(`/api/queues/${destination}`)).json()) as {
      readonly deliveries: readonly Delivery[];
    };
    return answer.deliveries;
  };
  const ofStudy = async (destination: string, { instances }: DepartmentStudy) =>
    (await deliveries(destination)).filter(({ sopInstanceUid }) => instances.includes(sopInstanceUid));
  /** What pydicom reads in what a receiver has. */
  const received = async (name: string) => {
    const files = (await readdir(join(folder, name))).map((file) => join(folder, name, file));
    const { stdout, stderr } = await run(PYTHON, [READER, ...files]);
    expect(stderr).toBe('');
    return JSON.parse(stdout) as Readonly<Record<string, Coerced>>;
  };

  it('say by machine and by department where it goes and how urgently', async () => {
    await withDcmtk('CT01', FROM_CT);
    await withDcmtk('CT01', EMERGENCY);
    await withPynetdicom(FROM_MR);
    const sent = async (study: DepartmentStudy) =>
      (await ofStudy('phongdoc', study)).map((one) => [one.class, one.rule, one.state]);
    await expect
      .poll(() => sent(FROM_CT), { timeout: 30_000 })
      .toEqual(FROM_CT.instances.map(() => ['consultation', 'máy CT', 'done']));
    await expect.poll(() => sent(EMERGENCY), { timeout: 30_000 }).toEqual([['emergency', 'cấp cứu', 'done']]);
    await expect.poll(() => ofStudy('saoluu', FROM_MR), { timeout: 30_000 }).toHaveLength(1);
    expect(await sent(FROM_MR)).toEqual([]);
    expect(await readdir(join(folder, 'phongdoc'))).toHaveLength(3);
  });

  it('set and remove attributes of the copy, which says what stood there, and leave the original as it was', async () => {
    const there = await received('phongdoc');
    const note = {
      ...{ reason: 'COERCE', system: product.aeTitle, source: 'CT01', at: expect.stringMatching(/^\d{14}\+0000$/) },
      before: { InstitutionName: 'Bệnh viện Mẫu' },
    };
    for (const [index, uid] of FROM_CT.instances.entries()) {
      expect(there[uid]).toEqual({ institution: 'BVĐK Sa Đéc', phone: false, patient: 'Đỗ^Văn Một', notes: [note] });
      const kept = await fetchInstance(product, FROM_CT.study, FROM_CT.series, uid);
      expect(typeof kept === 'number' ? kept : sha256(dataSetOf(kept))).toBe(
        sha256(dataSetOf(FROM_CT.files[index] ?? new Uint8Array())),
      );
    }
    const [emergency = ''] = EMERGENCY.instances;
    expect(there[emergency]).toEqual({ institution: 'Bệnh viện Mẫu', phone: true, patient: 'Đỗ^Văn Hai', notes: [] });
  });

  it('hold what is to go at night, until a person sends it, or the hour is another', async () => {
    const held = await deliveries('saoluu');
    expect(held).toHaveLength(4);
    for (const { state, heldUntil } of held) {
      expect(state).toBe('queued');
      expect(Date.parse(heldUntil ?? '')).toBeGreaterThan(Date.now() + HOUR_MS);
    }
    expect(await readdir(join(folder, 'saoluu'))).toEqual([]);
    const [first] = held;
    const pressed = await product.fetch('/api/queues/saoluu/retry', { method: 'POST', ...json({ id: first?.id }) });
    expect(pressed.status).toBe(200);
    await expect.poll(() => readdir(join(folder, 'saoluu')), { timeout: 30_000 }).toHaveLength(1);
    // Rules that are changed are for what comes from now on, without a restart.
    expect((await put(rulesWith(`${hour(-1)}-${hour(1)}`))).status).toBe(200);
    await withPynetdicom(LATER);
    await expect.poll(() => readdir(join(folder, 'saoluu')), { timeout: 30_000 }).toHaveLength(2);
    expect((await deliveries('saoluu')).filter(({ state }) => state === 'queued')).toHaveLength(3);
  });

  it('that are faulty are refused with the line, and those before stay in force', async () => {
    const faulty = rulesWith('18:00-06:00').replace('to: phongdoc, class: consultation', 'to: phongdoc, class: soon');
    const refused = await put(faulty);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      problems: [{ line: 8, rule: 'máy CT', message: expect.stringContaining('soon') }],
    });
    const after = departmentStudy({ seed: 'rule after', patient: 'Đỗ^Văn Năm', department: 'Khoa Nội', slices: 1, size: 64 });
    await withDcmtk('CT02', after);
    await expect.poll(() => ofStudy('phongdoc', after), { timeout: 30_000 }).toMatchObject([{ state: 'done', rule: 'máy CT' }]);
    const [uid = ''] = after.instances;
    expect((await received('phongdoc'))[uid]).toMatchObject({ institution: 'BVĐK Sa Đéc', notes: [{ source: 'CT02' }] });
    await expect.poll(() => ofStudy('saoluu', after), { timeout: 30_000 }).toMatchObject([{ state: 'done' }]);
  });
});
