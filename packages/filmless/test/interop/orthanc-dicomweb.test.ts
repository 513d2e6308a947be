// needs: orthanc
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesSource, inspectObject } from '@filmless/dicom';
import { type SampleStudy, writeImage } from '@filmless/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataSetOf } from '../support/objects.ts';
import { type Orthanc, startOrthanc } from '../support/orthanc.ts';
import { ADMIN_PASSWORD, ADMIN_TOKEN, type Product, ROOT, startProduct } from '../support/product.ts';
import { makePeerIdentity } from '../support/tls.ts';

/*
 * Orthanc's DICOMweb plugin as the client, over TLS, each of its routes of a remote server. What is asked goes through Orthanc alone: what
 * comes back is what a hospital that has an Orthanc would see.
 */

const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';
const CT = '1.2.840.10008.5.1.4.1.1.2';
const SIZE = 32;
const NAME = 'Nguyễn^Văn Ấn';
const STUDY: SampleStudy = {
  seed: 'Orthanc as a client',
  patient: { id: 'WEB01', name: NAME, birthDate: '19700101', sex: 'M' },
  at: new Date('2026-03-02T08:00:00Z'),
  accessionNumber: 'WEB01',
  description: 'CT ngực',
};
/** Kinds and codings that differ, each of a study of its own. */
const FIXTURES = [
  'codec/jpeg/JPGExtended.dcm',
  'codec/jpeg2000/693_J2KI.dcm',
  'codec/mr_small/MR_small_RLE.dcm',
  'codec/native/image_dfl.dcm',
  'codec/rle/SC_rgb_rle_2frame.dcm',
  'modality/ct/CT_small.dcm',
  'objects/rt/rtplan.dcm',
  'objects/seg/liver_1frame.dcm',
  'objects/sr/reportsi.dcm',
];

interface Known {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly bytes: Uint8Array;
}

async function known(bytes: Uint8Array): Promise<Known> {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = await inspectObject(bytesSource(bytes));
  return { study: studyInstanceUid, series: seriesInstanceUid, instance: sopInstanceUid, bytes };
}

/** Two series of two images. */
function images(): readonly Uint8Array[] {
  const attributes = {
    ...{ SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', Rows: SIZE, Columns: SIZE, BitsStored: 16, HighBit: 15 },
    ...{ RescaleIntercept: 0, RescaleSlope: 1, WindowCenter: 512, WindowWidth: 1024 },
  };
  return [1, 2].flatMap((number) =>
    [1, 2].map((instanceNumber) => {
      const pixels = Uint16Array.from({ length: SIZE * SIZE }, (_, index) => index * number + instanceNumber);
      const series = { number, modality: 'CT', description: `loạt ${number}`, bodyPart: 'CHEST' };
      return writeImage(STUDY, series, { sopClassUid: CT, instanceNumber, attributes, pixels }).bytes;
    }),
  );
}

/** A result of its QIDO-RS route: of each attribute, by tag, the first value; it leaves numbers out. */
type Result = Readonly<Record<string, { readonly vr: string; readonly Value?: string }>>;

/** Orthanc's routes of one remote server. */
class Client {
  readonly #orthanc: Orthanc;
  readonly #server: string;

  constructor(orthanc: Orthanc, server: string) {
    this.#orthanc = orthanc;
    this.#server = server;
  }

  #ask(route: string, body: object): Promise<unknown> {
    return this.#orthanc.post(`/dicom-web/servers/${this.#server}/${route}`, JSON.stringify(body));
  }

  store(resources: readonly string[]): Promise<unknown> {
    return this.#ask('stow', { Resources: resources, Synchronous: true });
  }

  async search(uri: string, keys: Readonly<Record<string, string>> = {}): Promise<readonly Result[]> {
    return (await this.#ask('qido', { Uri: uri, Arguments: keys })) as readonly Result[];
  }

  retrieve(resources: readonly Readonly<Record<'Study' | 'Series' | 'Instance', string | undefined>>[]): Promise<unknown> {
    return this.#ask('retrieve', { Resources: resources, Synchronous: true });
  }

  /** By the path of what is wanted. */
  retrievePath(uri: string): Promise<unknown> {
    return this.#ask('wado', { Uri: uri, Synchronous: true });
  }

  get(uri: string, accept: string, keys: Readonly<Record<string, string>> = {}): Promise<Response> {
    const body = JSON.stringify({ Uri: uri, HttpHeaders: { Accept: accept }, Arguments: keys });
    return fetch(`${this.#orthanc.url}/dicom-web/servers/${this.#server}/get`, { method: 'POST', body });
  }

  delete(level: 'Study' | 'Series' | 'Instance', { study, series, instance }: Known): Promise<unknown> {
    const uids = { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance };
    return this.#ask('delete', { Level: level, ...uids });
  }
}

describe("Orthanc's DICOMweb client", { timeout: 60_000 }, () => {
  let folder: string;
  let product: Product;
  let orthanc: Orthanc;
  let client: Client;
  let ours: readonly Known[];
  let others: readonly Known[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-orthanc-web-'));
    await makePeerIdentity(folder);
    const identity = ['--tls-cert', join(folder, 'server.crt'), '--tls-key', join(folder, 'server.key')];
    product = await startProduct({ args: [...identity, '--dicom-tls-port', '0'] });
    const remote = { Url: `${product.url}/dicom-web`, HasDelete: true };
    const Servers = {
      token: { ...remote, HttpHeaders: { Authorization: `Bearer ${ADMIN_TOKEN}` } },
      password: { ...remote, Username: 'admin', Password: ADMIN_PASSWORD },
      stranger: { ...remote, HttpHeaders: { Authorization: 'Bearer of-nobody' } },
    };
    orthanc = await startOrthanc({ name: 'filmless', aeTitle: product.aeTitle, port: product.dicomPort }, 'ORTHANC', {
      config: {
        ...{ Plugins: [PLUGIN], DicomWeb: { Servers }, DefaultEncoding: 'Utf8' },
        ...{ HttpsVerifyPeers: true, HttpsCACertificates: join(folder, 'ca.crt') },
      },
    });
    client = new Client(orthanc, 'token');
    ours = await Promise.all(images().map(known));
    const files = FIXTURES.map((name) => readFile(join(ROOT, 'fixtures', 'files', name)));
    others = await Promise.all((await Promise.all(files)).map((bytes) => known(new Uint8Array(bytes))));
    await Promise.all([...ours, ...others].map(({ bytes }) => orthanc.post('/instances', bytes)));
  });

  afterAll(async () => {
    await orthanc[Symbol.asyncDispose]();
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** Orthanc's own name of what has this UID. */
  const idOf = async (uid: string): Promise<string> => {
    const [found] = (await orthanc.post('/tools/lookup', uid)) as readonly { readonly ID: string }[];
    return found?.ID ?? `nothing with ${uid}`;
  };
  const heldIds = async () => (await (await orthanc.get('/instances')).json()) as readonly string[];
  const forget = async () => {
    for (const id of await heldIds()) {
      await fetch(`${orthanc.url}/instances/${id}`, { method: 'DELETE' });
    }
  };
  /** What Orthanc holds, and that it holds it byte for byte as it was. */
  const expectHeld = async (expected: readonly Known[]) => {
    const held = new Map<string, Uint8Array>();
    for (const id of await heldIds()) {
      const file = await (await orthanc.get(`/instances/${id}/file`)).bytes();
      held.set((await known(file)).instance, file);
    }
    expect([...held.keys()].toSorted()).toEqual(expected.map(({ instance }) => instance).toSorted());
    for (const { instance, bytes } of expected) {
      expect(Buffer.compare(dataSetOf(held.get(instance) ?? bytes), dataSetOf(bytes)), instance).toBe(0);
    }
  };
  const first = (): Known => {
    const [one] = ours;
    if (one === undefined) {
      throw new Error('no image was made');
    }
    return one;
  };
  const pathOf = ({ study, series, instance }: Known) => `/studies/${study}/series/${series}/instances/${instance}`;

  it('stores an instance, a series and studies, of any kind and coding', async () => {
    const { study, series, instance } = first();
    await client.store([await idOf(instance)]);
    expect(await client.search('/instances', { StudyInstanceUID: study })).toHaveLength(1);
    await client.store([await idOf(series)]);
    expect(await client.search('/instances', { StudyInstanceUID: study })).toHaveLength(2);
    await client.store(await Promise.all([study, ...others.map((one) => one.study)].map(idOf)));
    expect(await client.search('/instances')).toHaveLength(ours.length + others.length);
  });

  it('finds what it stored, at each level, with a token or with a user and password', async () => {
    const { study, series, instance } = first();
    for (const server of ['token', 'password']) {
      const asking = new Client(orthanc, server);
      const [found, ...more] = await asking.search('/studies', { PatientName: 'nguyen van an', fuzzymatching: 'true' });
      expect(more).toEqual([]);
      expect(found).toMatchObject({ '0020000D': { Value: study }, '00100010': { Value: NAME }, '00201208': { vr: 'IS' } });
      const of = await asking.search(`/studies/${study}/series`, { SeriesNumber: '1', includefield: 'SeriesDescription' });
      expect(of).toMatchObject([{ '0020000E': { Value: series }, '0008103E': { Value: 'loạt 1' } }]);
      const images = await asking.search(`/studies/${study}/series/${series}/instances`, { InstanceNumber: '1' });
      expect(images).toMatchObject([{ '00080018': { Value: instance }, '00280010': { vr: 'US' } }]);
      expect(await asking.search('/studies', { limit: '3', offset: '1' })).toHaveLength(3);
    }
  });

  it('retrieves an instance, a series, and studies, byte for byte', async () => {
    const { study, series, instance } = first();
    await forget();
    await client.retrieve([{ Study: study, Series: series, Instance: instance }]);
    await expectHeld([first()]);
    await client.retrieve([{ Study: study, Series: series, Instance: undefined }]);
    await expectHeld(ours.filter((one) => one.series === series));
    const studies = [study, ...others.map((one) => one.study)];
    await client.retrieve(studies.map((uid) => ({ Study: uid, Series: undefined, Instance: undefined })));
    await expectHeld([...ours, ...others]);
    await forget();
    await client.retrievePath(`/studies/${study}`);
    await expectHeld(ours);
  });

  it('reads metadata, bulk data, frames, pictures and thumbnails', async () => {
    const { study, series, instance } = first();
    const raw = await (await orthanc.get(`/instances/${await idOf(instance)}/frames/0/raw`)).bytes();
    const metadata = await client.get(`/studies/${study}/series/${series}/metadata`, 'application/dicom+json');
    const described = (await metadata.json()) as readonly Readonly<Record<string, { readonly BulkDataURI?: string }>>[];
    expect(described).toHaveLength(2);
    expect(described).toContainEqual(expect.objectContaining({ '00080018': { vr: 'UI', Value: [instance] } }));
    const frame = await client.get(`${pathOf(first())}/frames/1`, 'application/octet-stream; transfer-syntax=*');
    expect(Buffer.compare(await frame.bytes(), raw)).toBe(0);
    const address = described.find((one) => JSON.stringify(one).includes(`"${instance}"`))?.['7FE00010']?.BulkDataURI ?? '';
    expect(address).toContain(`${product.url}/dicom-web`);
    const bulk = await client.get(
      address.slice(`${product.url}/dicom-web`.length),
      'application/octet-stream; transfer-syntax=*',
    );
    expect(Buffer.compare(await bulk.bytes(), raw)).toBe(0);
    const picture = await client.get(`${pathOf(first())}/rendered`, 'image/png', { viewport: '64,64' });
    expect(await asOrthancReads(await picture.bytes())).toEqual(['64', '64']);
    const thumbnail = await client.get(`/studies/${study}/thumbnail`, 'image/png', { viewport: '24,24' });
    expect(await asOrthancReads(await thumbnail.bytes())).toEqual(['24', '24']);
  });

  /** Rows and columns of a PNG. */
  const asOrthancReads = async (png: Uint8Array): Promise<readonly unknown[]> => {
    const content = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
    const made = (await orthanc.post(
      '/tools/create-dicom',
      JSON.stringify({ Tags: { PatientID: 'PNG' }, Content: content }),
    )) as {
      readonly ID: string;
    };
    const tags = (await (await orthanc.get(`/instances/${made.ID}/simplified-tags`)).json()) as Readonly<Record<string, unknown>>;
    return [tags.Rows, tags.Columns];
  };

  it('is refused with a token that nobody has', async () => {
    const stranger = new Client(orthanc, 'stranger');
    await expect(stranger.search('/studies')).rejects.toThrow(/401/);
    await expect(stranger.store([await idOf(first().instance)])).rejects.toThrow();
    await expect(stranger.delete('Study', first())).rejects.toThrow(/401/);
    expect(await client.search('/studies', { StudyInstanceUID: first().study })).toHaveLength(1);
  });

  it('deletes an instance, a series and a study, and is told that they are gone', async () => {
    const { study } = first();
    const left = async () => (await client.search('/instances', { StudyInstanceUID: study })).length;
    await client.delete('Instance', first());
    expect(await left()).toBe(3);
    await client.delete('Series', first());
    expect(await left()).toBe(2);
    await client.delete('Study', first());
    expect(await client.search('/studies', { StudyInstanceUID: study })).toEqual([]);
    await expect(client.delete('Study', first())).rejects.toThrow(/404/);
    await expect(client.retrieve([{ Study: study, Series: undefined, Instance: undefined }])).rejects.toThrow();
  });
});
