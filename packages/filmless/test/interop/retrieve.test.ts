// needs: dcmtk, python, orthanc
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataSetOf } from '../support/objects.ts';
import { startOrthanc } from '../support/orthanc.ts';
import { CORPUS, type Product, ROOT, startProduct } from '../support/product.ts';
import { dcmtk, type MadeStudy, makeStudies, Pynetdicom, type Retrieved, sendFiles } from '../support/query-peers.ts';
import { SCRIPTS } from '../support/scripts.ts';
import { freePort, startStoreScp } from '../support/storescp.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const STUDIES: readonly MadeStudy[] = [
  ...SCRIPTS,
  { charset: [], name: 'TRAN^THI BA', id: 'AS1', study: '2.25.308', series: 2, instances: 3 },
  { charset: [], name: 'LE^VAN LONG', id: 'AS2', study: '2.25.309', instances: 200 },
];
const UIDS = [1, 2].flatMap((series) => [1, 2, 3].map((number) => `2.25.308.${series}.${number}`));
const STUDY = { StudyInstanceUID: '2.25.308' };

let product: Product;
let folder: string;
let files: readonly string[];
let port: number;
let user: Pynetdicom;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-retrieve-'));
  port = await freePort();
  const config = `
facilities: [{ id: main, name: A }, { id: north, name: B }]
aes:
  - { title: WS01, host: 127.0.0.1, port: ${port}, may: [store, query, retrieve], facility: main }
  - { title: QUERYONLY, may: [query], facility: main }
  - { title: NORTH01, host: 127.0.0.1, port: ${port}, may: [query, retrieve], facility: north }
`;
  product = await startProduct({ config });
  files = await makeStudies(folder, STUDIES);
  await sendFiles(product, files);
  user = new Pynetdicom(product);
}, 120_000);

afterAll(async () => {
  await product[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const uidsOf = ({ received }: Retrieved) => received.map(({ uid }) => uid).sort();

describe('C-MOVE of pynetdicom', { timeout: 120_000 }, () => {
  const move = (job: Partial<Parameters<Pynetdicom['move']>[0]> = {}) =>
    user.move({ level: 'STUDY', keys: STUDY, to: 'WS01', listen: port, ...job });

  it('brings a study, with who asked for it and counts now and then', async () => {
    const result = await move();
    expect(result.statuses).toEqual([...result.statuses.slice(1).map(() => 0xff00), 0]);
    expect([result.counts[0], ...result.counts.slice(-2)]).toEqual([
      [5, 1, 0, 0],
      [0, 6, 0, 0],
      [null, 6, 0, 0],
    ]);
    expect(uidsOf(result)).toEqual(UIDS);
    expect(result.received.every(({ originator, message }) => originator === 'WS01' && message === 77)).toBe(true);
  });

  it.each<
    [string, Parameters<Pynetdicom['move']>[0]['level'], 'P' | 'S', Record<string, string | readonly string[]>, readonly string[]]
  >([
    ['a patient', 'PATIENT', 'P', { PatientID: 'AS1' }, UIDS],
    ['a study of a patient', 'STUDY', 'P', { PatientID: 'AS1', ...STUDY }, UIDS],
    ['no study of another patient', 'STUDY', 'P', { PatientID: 'AS2', ...STUDY }, []],
    ['two studies', 'STUDY', 'S', { StudyInstanceUID: ['2.25.301', '2.25.302'] }, ['2.25.301.1.1', '2.25.302.1.1']],
    ['a series', 'SERIES', 'S', { ...STUDY, SeriesInstanceUID: '2.25.308.2' }, UIDS.slice(3)],
    [
      'two instances',
      'IMAGE',
      'S',
      { ...STUDY, SeriesInstanceUID: '2.25.308.1', SOPInstanceUID: UIDS.slice(0, 2) },
      UIDS.slice(0, 2),
    ],
  ])('brings %s', async (_, level, model, keys, expected) => {
    const result = await move({ level, model, keys });
    expect(result.statuses.at(-1)).toBe(0);
    expect(uidsOf(result)).toEqual(expected);
  });

  it('goes on when the destination refuses one, and names it at the end', async () => {
    const [, refused = ''] = UIDS;
    const result = await move({ refuse: [refused] });
    expect(result.statuses.at(-1)).toBe(0xb000);
    expect(result.counts.at(-1)).toEqual([null, 5, 1, 0]);
    expect(result.failed).toEqual([refused]);
    expect(uidsOf(result)).toEqual(UIDS.filter((uid) => uid !== refused));
  });

  it('fails with A702H when the destination refuses all', async () => {
    const result = await move({ refuse: UIDS });
    expect(result.statuses.at(-1)).toBe(0xa702);
    expect([...result.failed].sort()).toEqual(UIDS);
  });

  it('decodes for a destination that takes only implicit VR', async () => {
    const result = await move({ syntaxes: [IMPLICIT_VR_LITTLE_ENDIAN] });
    expect(result.statuses.at(-1)).toBe(0);
    expect(new Set(result.received.map(({ syntax }) => syntax))).toEqual(new Set([IMPLICIT_VR_LITTLE_ENDIAN]));
    expect(result.received.every(({ pixels }) => pixels === 512)).toBe(true);
  });

  it('is cancelled with what is left', async () => {
    const result = await move({ keys: { StudyInstanceUID: '2.25.309' }, cancelAfter: 1 });
    expect(result.statuses.at(-1)).toBe(0xfe00);
    const [remaining = 0, completed = 0] = result.counts.at(-1) ?? [];
    expect(result.received.length).toBe(completed);
    expect(Number(remaining) + Number(completed)).toBe(200);
    expect(remaining).toBeGreaterThan(0);
  });

  it('is refused for a destination nobody knows, of another facility, without a unique key, and without the right', async () => {
    expect((await move({ to: 'STRANGER' })).statuses).toEqual([0xa801]);
    expect((await move({ to: 'NORTH01' })).statuses).toEqual([0xa801]);
    expect((await move({ level: 'SERIES', keys: STUDY })).statuses).toEqual([0xa900]);
    expect((await move({ level: 'PATIENT', keys: { PatientID: 'AS1' } })).statuses).toEqual([0xa900]);
    await expect(move({ calling: 'QUERYONLY' })).rejects.toThrow(/no association|No accepted presentation context/);
    // What its facility does not have does not exist.
    expect((await move({ calling: 'NORTH01', to: 'NORTH01' })).counts).toEqual([[null, 0, 0, 0]]);
  });
});

describe('C-GET of pynetdicom', { timeout: 120_000 }, () => {
  const get = (job: Partial<Parameters<Pynetdicom['get']>[0]> = {}) =>
    user.get({ level: 'STUDY', keys: STUDY, classes: [CT], syntaxes: [EXPLICIT_VR_LITTLE_ENDIAN], ...job });

  it('brings a study on the association it asks on', async () => {
    const result = await get();
    expect(result.statuses).toEqual([...UIDS.map(() => 0xff00), 0]);
    expect(result.counts.at(-1)).toEqual([null, 6, 0, 0]);
    expect(uidsOf(result)).toEqual(UIDS);
  });

  it('brings it in a transfer syntax that was accepted', async () => {
    const result = await get({ syntaxes: [IMPLICIT_VR_LITTLE_ENDIAN], model: 'P', level: 'PATIENT', keys: { PatientID: 'AS1' } });
    expect(result.received.map(({ syntax }) => syntax)).toEqual(UIDS.map(() => IMPLICIT_VR_LITTLE_ENDIAN));
  });

  it('goes on when one is not taken, and fails when none can be', async () => {
    const [refused = ''] = UIDS;
    const some = await get({ refuse: [refused] });
    expect([some.statuses.at(-1), some.failed]).toEqual([0xb000, [refused]]);
    const none = await get({ classes: ['1.2.840.10008.5.1.4.1.1.4'] });
    expect([none.statuses.at(-1), none.counts.at(-1)]).toEqual([0xa702, [null, 0, 6, 0]]);
  });

  it('is cancelled with what is left', async () => {
    const result = await get({ keys: { StudyInstanceUID: '2.25.309' }, cancelAfter: 3 });
    expect(result.statuses.at(-1)).toBe(0xfe00);
    const [remaining = 0, completed = 0] = result.counts.at(-1) ?? [];
    expect(Number(remaining) + Number(completed)).toBe(200);
    expect(remaining).toBeGreaterThan(0);
  });
});

/** Data sets in a folder, in the order of their SOP Instance UIDs, of which DCMTK makes the names. */
async function dataSets(place: string): Promise<readonly Uint8Array[]> {
  const names = (await readdir(place)).sort();
  return await Promise.all(names.map(async (name) => dataSetOf(new Uint8Array(await readFile(join(place, name))))));
}

async function emptied(name: string): Promise<string> {
  const place = join(folder, name);
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
  return place;
}

describe('DCMTK', { timeout: 120_000 }, () => {
  const KEYS = ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID=2.25.308'];
  const sent = async () => {
    const ours = files.filter((path) => path.includes('/2.25.308.')).sort();
    return await Promise.all(ours.map(async (path) => dataSetOf(new Uint8Array(await readFile(path)))));
  };

  it('getscu brings a study byte for byte', async () => {
    const place = await emptied('get');
    const ran = await dcmtk('getscu', product, ['-S', '+B', '-od', place], KEYS);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(await dataSets(place)).toEqual(await sent());
  });

  it('movescu has a study sent to a storescp, byte for byte', async () => {
    const place = await emptied('move');
    await using scp = await startStoreScp(place);
    await product.fetch('/api/aes/WS02', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ host: '127.0.0.1', port: scp.port, may: ['retrieve'], facility: 'main' }),
    });
    const ran = await dcmtk('movescu', product, ['-S', '-aem', 'WS02', '-d'], KEYS);
    expect(ran.code, ran.stderr).toBe(0);
    expect(await dataSets(place)).toEqual(await sent());
  });

  it('getscu brings every kind of object that it proposes, from the files at hand', async () => {
    const place = await emptied('mixed');
    const source =
      CORPUS === undefined ? join(ROOT, 'fixtures', 'files', 'modality', 'ct') : join(CORPUS, 'series', 'pet-ct-neck');
    const mixed = (await readdir(source)).map((name) => join(source, name));
    await sendFiles(product, mixed);
    const study = await (await product.fetch('/dicom-web/studies?limit=1000')).json();
    const uids = (study as readonly Record<string, { readonly Value?: readonly string[] }>[]).map(
      (entry) => entry['0020000D']?.Value?.[0] ?? '',
    );
    const others = uids.filter((uid) => !uid.startsWith('2.25.30'));
    const ran = await dcmtk(
      'getscu',
      product,
      ['-S', '+B', '-od', place],
      ['QueryRetrieveLevel=STUDY', `StudyInstanceUID=${others.join('\\')}`],
    );
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(await readdir(place)).toHaveLength(mixed.length);
  });
});

describe('Orthanc', { timeout: 120_000 }, () => {
  it('finds a study and retrieves it to itself', async () => {
    await using orthanc = await startOrthanc({ name: 'filmless', aeTitle: product.aeTitle, port: product.dicomPort });
    await product.fetch('/api/aes/ORTHANC', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ host: '127.0.0.1', port: orthanc.dicomPort, may: ['query', 'retrieve'], facility: 'main' }),
    });
    const query = { Level: 'Study', Query: { PatientID: 'AS1' } };
    const { ID } = (await orthanc.post('/modalities/filmless/query', JSON.stringify(query))) as { readonly ID: string };
    await orthanc.post(`/queries/${ID}/retrieve`, JSON.stringify({ TargetAet: 'ORTHANC', Synchronous: true }));
    const instances = (await (await orthanc.get('/instances?expand')).json()) as readonly {
      readonly MainDicomTags: { readonly SOPInstanceUID: string };
    }[];
    expect(instances.map(({ MainDicomTags }) => MainDicomTags.SOPInstanceUID).sort()).toEqual(UIDS);
  });
});
