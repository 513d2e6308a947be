// needs: dcmtk, python
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { objectFile } from '../support/objects.ts';
import { askPython } from './python.ts';

const STUDY = '1.2.88';
const SERIES = `${STUDY}.1`;

interface Group {
  readonly tracking: string;
  readonly uid: string;
  readonly measurements: readonly {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
    readonly derivation: string | null;
  }[];
  readonly graphic?: string;
  readonly data?: readonly (readonly number[])[];
}

describe('published objects, opened by others', () => {
  let http: TestHttp;
  let folder: string;

  beforeAll(async () => {
    http = await openTestHttp();
    folder = mkdtempSync(join(tmpdir(), 'filmless-published-'));
    await (await http.stow([1, 2].map((number) => objectFile({ study: STUDY, number })))).body?.cancel();
  });

  afterAll(async () => {
    await http[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const post = (body: object, as = 'main') =>
    http.ask(`/api/studies/${STUDY}/publications`, {
      method: 'POST',
      as,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const draw = async (tool: string, points: readonly (readonly number[])[]): Promise<string> => {
    const id = randomUUID();
    const at = new Date().toISOString();
    const place = { kind: 'image', seriesInstanceUid: SERIES, sopInstanceUid: `${SERIES}.1`, frame: 1 };
    const mark = { id, schema: 1, place, tool, points, text: '', created: at, modified: at, revision: 1, deleted: false };
    const answer = await http.ask(`/api/studies/${STUDY}/marks`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ marks: [mark] }),
    });
    expect(answer.status).toBe(200);
    return id;
  };
  const published = async (body: object): Promise<string> => {
    const answer = await post(body);
    const made = (await answer.json()) as Readonly<Record<string, string>>;
    expect(answer.status, JSON.stringify(made)).toBe(201);
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = made;
    const path = join(folder, `${sopInstanceUid}.dcm`);
    const file = await http.ask(`/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`, {
      accept: 'application/dicom; transfer-syntax=*',
    });
    writeFileSync(path, new Uint8Array(await file.arrayBuffer()));
    return path;
  };
  const dump = (path: string) => {
    const run = spawnSync('/usr/bin/dsrdump', ['-Ee', path]);
    // What it says of itself: it checks neither texts in UTF-8 nor templates.
    const said = run.stderr
      .toString()
      .replaceAll(/^W: (?:The VR checker does not support|Check for template constraints).*\n/gm, '');
    expect([run.status, said]).toEqual([0, '']);
    return run.stdout.toString();
  };

  it('are measurement reports to DCMTK and highdicom, with the numbers and places that were published', async () => {
    const [length, cobb, ellipse, freehand] = [
      await draw('length', [
        [0, 0],
        [3, 0],
      ]),
      await draw('cobb', [
        [0, 0],
        [3, 0],
        [0, 3],
        [3, 2],
      ]),
      await draw('ellipse', [
        [0, 1],
        [3, 2],
      ]),
      await draw('freehand', [
        [0, 0],
        [3, 0],
        [3, 3],
      ]),
    ];
    const hu = "[hnsf'U]";
    const path = await published({
      kind: 'measurements',
      marks: [
        { id: length, values: [{ quantity: 'length', value: 12.3456789, unit: 'mm', lines: [[0, 1]] }] },
        {
          id: cobb,
          values: [
            {
              quantity: 'cobb-angle',
              value: 18.4,
              unit: 'deg',
              lines: [
                [0, 1],
                [2, 3],
              ],
            },
          ],
        },
        {
          id: ellipse,
          values: [
            { quantity: 'area', value: 45.5, unit: 'mm2' },
            { quantity: 'mean', value: -12.5, unit: hu },
            { quantity: 'deviation', value: 3.25, unit: hu },
          ],
        },
        { id: freehand, values: [{ quantity: 'area', value: 4.5, unit: '{pixels}' }] },
      ],
    });
    const text = dump(path);
    expect(text).toContain('Comprehensive SR');
    expect(text).toContain('"12.3456789"');
    const [found] = askPython('measurement_reports.py', [{ kind: 'report', path }]) as unknown as readonly {
      readonly error?: string;
      readonly lines: readonly Group[];
      readonly regions: readonly Group[];
    }[];
    expect(found?.error).toBeUndefined();
    expect(found?.lines.map(({ tracking, measurements }) => [tracking, ...measurements])).toEqual([
      ['length 1', { name: 'Length', value: 12.3456789, unit: 'mm', derivation: null }],
      ['cobb 1', { name: 'Cobb Angle', value: 18.4, unit: 'deg', derivation: null }],
    ]);
    expect(found?.lines[0]?.uid).toBe(`2.25.${BigInt(`0x${length.replaceAll('-', '')}`)}`);
    const [oval, outline] = found?.regions ?? [];
    expect([oval?.graphic, oval?.data]).toEqual([
      'ELLIPSE',
      [
        [0.5, 2],
        [3.5, 2],
        [2, 1.5],
        [2, 2.5],
      ],
    ]);
    expect(oval?.measurements).toEqual([
      { name: 'Area', value: 45.5, unit: 'mm2', derivation: null },
      { name: 'Attenuation Coefficient', value: -12.5, unit: hu, derivation: 'Mean' },
      { name: 'Attenuation Coefficient', value: 3.25, unit: hu, derivation: 'Standard Deviation' },
    ]);
    expect(outline?.data?.at(0)).toEqual(outline?.data?.at(-1));
  });

  it('are key object selections to DCMTK and highdicom', async () => {
    const images = [1, 2].map((number) => ({ seriesInstanceUid: SERIES, sopInstanceUid: `${SERIES}.${number}` }));
    const path = await published({ kind: 'key-images', title: 'for-referring-provider', description: 'Tổn thương gan', images });
    const text = dump(path);
    expect(text).toContain('For Referring Provider');
    expect(text).toContain('Tổn thương gan');
    const [found] = askPython('measurement_reports.py', [{ kind: 'key', path }]) as unknown as readonly {
      readonly error?: string;
      readonly images: readonly string[];
    }[];
    expect(found).toEqual({ images: images.map(({ sopInstanceUid }) => sopInstanceUid) });
  });

  it('are presentation states to DCMTK: the window and how the image lies, as published', async () => {
    const length = await draw('length', [
      [0, 0],
      [3, 3],
    ]);
    const path = await published({
      kind: 'presentation',
      description: 'Cửa sổ xương',
      image: {
        seriesInstanceUid: SERIES,
        sopInstanceUid: `${SERIES}.1`,
        frame: 1,
        window: { center: 7, width: 20 },
        inverted: true,
        mirrored: true,
        turns: 1,
      },
      marks: [{ id: length, text: '4,2 mm' }],
    });
    const checked = spawnSync('/usr/bin/dcmpschk', [path]);
    // It takes texts in UTF-8 for no texts; everything else is as it wants it.
    const faults = `${checked.stdout}${checked.stderr}`.match(/Affected attribute: .*/g) ?? [];
    expect(faults.filter((fault) => !/Type (?:LO|PN|ST)$/.test(fault.trim()))).toEqual([]);
    const image = join(folder, 'image.dcm');
    const file = await http.ask(`/studies/${STUDY}/series/${SERIES}/instances/${SERIES}.1`, {
      accept: 'application/dicom; transfer-syntax=*',
    });
    writeFileSync(image, new Uint8Array(await file.arrayBuffer()));
    const pgm = join(folder, 'image.pgm');
    const drawn = spawnSync('/usr/bin/dcmp2pgm', ['--pstate', path, '--pgm', image, pgm]);
    expect([drawn.status, drawn.stderr.toString().replaceAll(/^W:.*\n/gm, '')]).toEqual([0, '']);
    // 7 is the middle of the window: middle grey, and as much the other way round.
    const greys = [...readFileSync(pgm).subarray(-16)];
    expect(Math.abs((greys[0] ?? 0) - 127)).toBeLessThan(8);
  });

  it('draw what was drawn when the image is rendered by them', async () => {
    const angle = await draw('angle', [
      [0, 0],
      [3, 0],
      [3, 3],
    ]);
    const image = { seriesInstanceUid: SERIES, sopInstanceUid: `${SERIES}.2`, frame: 1 };
    expect((await post({ kind: 'presentation', image, marks: [{ id: angle }] })).status).toBe(404);
    const path = await published({
      kind: 'presentation',
      image: { ...image, sopInstanceUid: `${SERIES}.1` },
      marks: [{ id: angle }],
    });
    const state = path.split('/').at(-1)?.replace('.dcm', '');
    const found = (await (
      await http.ask(`/studies/${STUDY}/instances?SOPInstanceUID=${state}&includefield=00081190`)
    ).json()) as readonly Readonly<Record<string, { readonly Value?: readonly string[] }>>[];
    const rendered = await http.ask(`${new URL(found[0]?.['00081190']?.Value?.[0] ?? '').pathname}/rendered`, {
      accept: 'image/png',
    });
    expect([rendered.status, rendered.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  it('are of the study: found by QIDO, on the trail, with the patient as the images have her', async () => {
    const list = (await (await http.ask(`/studies/${STUDY}/series?Modality=SR`)).json()) as readonly Readonly<
      Record<string, { readonly Value?: readonly unknown[] }>
    >[];
    expect(list[0]?.['0008103E']?.Value).toEqual(['Measurements']);
    expect(http.audited.filter(({ action }) => action === 'study.store').length).toBeGreaterThan(0);
    const study = (await (await http.ask(`/api/studies/${STUDY}`)).json()) as { readonly patient: { readonly name: string } };
    expect(study.patient.name).toBe('Đỗ Thị Dương');
  });

  it('are not made of what is not there, nor by who may only look', async () => {
    const id = await draw('length', [
      [0, 0],
      [1, 0],
    ]);
    const value = { quantity: 'length', value: 1, unit: 'mm', lines: [[0, 1]] };
    const body = { kind: 'measurements', marks: [{ id, values: [value] }] };
    expect((await post(body, 'reader')).status).toBe(403);
    expect((await post(body, 'branch')).status).toBe(404);
    expect((await post({ kind: 'measurements', marks: [{ id: randomUUID(), values: [value] }] })).status).toBe(404);
    const beyond = { kind: 'measurements', marks: [{ id, values: [{ ...value, lines: [[0, 2]] }] }] };
    expect((await post(beyond)).status).toBe(400);
    const elsewhere = { kind: 'key-images', images: [{ seriesInstanceUid: SERIES, sopInstanceUid: '1.2.3.4' }] };
    expect((await post(elsewhere)).status).toBe(404);
    for (const broken of [
      {},
      { kind: 'measurements', marks: [] },
      { ...body, more: 1 },
      { kind: 'presentation' },
      { kind: 'film' },
    ]) {
      expect((await post(broken)).status).toBe(400);
    }
  });
});
