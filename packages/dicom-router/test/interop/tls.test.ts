// needs: dcmtk, python, orthanc
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, readFileMeta, transferSyntax } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Issued, selfSigned, TestAuthority } from '../certificates.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { type Part10File, writePart10 } from '../part10-files.ts';
import { listening, PEERS, PYTHON, run, startPeer } from '../run-peer.ts';
import { startOrthanc } from '../start-orthanc.ts';

let folder: string;
let authority: TestAuthority;
let ours: Issued;
let own: Issued;
let opened: OpenedRouter;
let image: Part10File;

/** Files that a peer reads. */
const at = (name: string) => join(folder, name);

async function put(name: string, { cert, key }: Issued): Promise<void> {
  await writeFile(at(`${name}.crt`), cert);
  await writeFile(at(`${name}.key`), key);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-tls-'));
  authority = await TestAuthority.make();
  const foreign = await TestAuthority.make('Foreign authority');
  // RSA, as most machines have it; ours is an elliptic curve.
  const theirs = await authority.issue({ rsaBits: 2048 });
  [ours, own] = [await authority.issue({ name: 'filmless' }), await selfSigned()];
  await put('theirs', theirs);
  await put('own', own);
  await put('foreign', await foreign.issue());
  await put('expired', await authority.issue({ from: -20, until: -10 }));
  await writeFile(at('ca.crt'), authority.pem);
  await writeFile(at('foreign-ca.crt'), foreign.pem);
  opened = await openRouter({
    tls: { material: { identity: ours, authorities: authority.pem }, listen: { port: 0, clients: 'required' } },
    aes: [
      { title: 'CT01', may: ['echo', 'store'], facility: 'main', tls: true },
      { title: 'US02', may: ['echo', 'store'], facility: 'main', tls: { fingerprint: own.fingerprint } },
    ],
  });
  image = await writePart10(folder, transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN), 300_000);
});

afterEach(async () => {
  await opened[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const port = () => String(opened.router.dicomTlsPort);
const pair = (name: string) => [at(`${name}.key`), at(`${name}.crt`)];

async function expectKept(): Promise<void> {
  const kept = await opened.deposit.dataSet(image.sopInstanceUid);
  expect(kept?.equals(image.dataSet)).toBe(true);
}

/** Has the image delivered to a peer, and waits until it says so. */
async function deliver(destination: object): Promise<void> {
  const bytes = await readFile(image.path);
  const archiveFetch = () =>
    Promise.resolve(new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/dicom' } }));
  await using sender = await openRouter({
    tls: { material: { identity: ours, authorities: authority.pem } },
    archiveFetch,
  });
  expect(
    (await sender.api('POST', '/api/destinations', { id: 'peer', host: '127.0.0.1', when: {}, ...destination })).status,
  ).toBe(201);
  const args = ['-aec', 'FILMLESS', '127.0.0.1', String(sender.router.dicomPort), image.path];
  expect((await run('/usr/bin/storescu', args)).code).toBe(0);
  await expect
    .poll(() => sender.api('GET', '/api/queues'), { timeout: 20_000 })
    .toMatchObject({ body: { queues: [{ destination: 'peer', queued: 0, sending: 0, done: 1, aside: 0 }] } });
}

async function echoed(aeTitle: string, peerPort: number, tls: unknown): Promise<unknown> {
  const ae = { host: '127.0.0.1', port: peerPort, may: ['echo'], facility: 'main', tls };
  await opened.api('PUT', `/api/aes/${aeTitle}`, ae);
  return (await opened.api('POST', `/api/aes/${aeTitle}/echo`)).body;
}

describe('DCMTK over TLS', () => {
  const dcmtk = (program: string, ...args: readonly string[]) => run(`/usr/bin/${program}`, args);
  const scu = (program: string, title: string, tls: readonly string[], ...files: readonly string[]) =>
    dcmtk(program, '-v', ...tls, '-aet', title, '-aec', 'FILMLESS', '127.0.0.1', port(), ...files);

  it.each(['+py', '+px'])(
    'stores by each of its profiles that are not retired and know our cipher suites: %s',
    async (profile) => {
      const { code, output } = await scu(
        'storescu',
        'CT01',
        ['+tls', ...pair('theirs'), '+cf', at('ca.crt'), profile],
        image.path,
      );
      expect(code, output).toBe(0);
      await expectKept();
    },
  );

  it('is let in with a certificate of its own making that is entered for it', async () => {
    const { code, output } = await scu('echoscu', 'US02', ['+tls', ...pair('own'), '+cf', at('ca.crt')]);
    expect(code, output).toBe(0);
  });

  it.each<[string, string, () => readonly string[]]>([
    ['no certificate', 'CT01', () => ['+tla', '+cf', at('ca.crt')]],
    ['one of a foreign authority', 'CT01', () => ['+tls', ...pair('foreign'), '+cf', at('ca.crt')]],
    ['one that has expired', 'CT01', () => ['+tls', ...pair('expired'), '+cf', at('ca.crt')]],
    ['another than the one entered', 'US02', () => ['+tls', ...pair('theirs'), '+cf', at('ca.crt')]],
  ])('is rejected with %s', async (_, title, tls) => {
    const { code, output } = await scu('echoscu', title, tls());
    expect(code).not.toBe(0);
    expect(output).toContain('Calling AE Title Not Recognized');
    expect(opened.log.lines).toEqual([expect.stringMatching(new RegExp(`^association.refused .*${title}`))]);
  });

  it('does not believe us without our authority, and is told so in our log', async () => {
    const { code } = await scu('echoscu', 'CT01', ['+tls', ...pair('theirs'), '+cf', at('foreign-ca.crt')]);
    expect(code).not.toBe(0);
    await expect.poll(() => opened.log.lines.join()).toContain('does not believe the authority of our certificate');
  });

  it('is rejected in the clear where TLS is set for it, and closed on where it speaks in the clear to TLS', async () => {
    const plain = await dcmtk('echoscu', '-v', '-aet', 'CT01', '-aec', 'FILMLESS', '127.0.0.1', String(opened.router.dicomPort));
    expect(plain.output).toContain('Calling AE Title Not Recognized');
    const wrong = await dcmtk('echoscu', '-v', '-aet', 'XA03', '-aec', 'FILMLESS', '127.0.0.1', port());
    expect(wrong.code).not.toBe(0);
    expect(opened.log.lines.join()).toContain('it does not speak TLS on this port');
  });

  it('is sent to, and its certificates are judged', async () => {
    const kept = at('kept');
    await mkdir(kept);
    const start = (name: string) =>
      startPeer(
        '/usr/bin/storescp',
        (free) => ['+tls', ...pair(name), '+cf', at('ca.crt'), '-rc', '--bit-preserving', '-od', kept, String(free)],
        (_, free) => listening(free),
      );
    {
      await using peer = await start('theirs');
      await deliver({ aeTitle: 'STORESCP', port: peer.port, tls: true });
      const [name = ''] = await readdir(kept);
      const bytes = await readFile(join(kept, name));
      expect(bytes.subarray(readFileMeta(bytes).dataSetOffset).equals(image.dataSet)).toBe(true);
      expect(await echoed('STORESCP', peer.port, { name: 'localhost' })).toMatchObject({ ok: true });
      expect(await echoed('STORESCP', peer.port, { name: 'mr01.hospital' })).toMatchObject({
        ok: false,
        detail: expect.stringContaining('issued to another name'),
      });
      expect(await echoed('STORESCP', peer.port, false)).toMatchObject({ ok: false });
    }
    await using expired = await start('expired');
    expect(await echoed('STORESCP', expired.port, true)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('its certificate has expired'),
    });
    await using foreign = await start('own');
    expect(await echoed('STORESCP', foreign.port, true)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('vouches for its certificate itself'),
    });
    expect(await echoed('STORESCP', foreign.port, { fingerprint: own.fingerprint })).toMatchObject({ ok: true });
  });
});

describe('pynetdicom over TLS', () => {
  const pynetdicom = async (job: object): Promise<unknown> => {
    const { code, output } = await run(PYTHON, [join(PEERS, 'tls.py')], `${JSON.stringify(job)}\n`);
    expect(code, output).toBe(0);
    return JSON.parse(output.trim().split('\n').at(-1) ?? '');
  };
  const user = (changes: object = {}) =>
    pynetdicom({
      do: 'use',
      title: 'CT01',
      port: opened.router.dicomTlsPort,
      ca: at('ca.crt'),
      cert: at('theirs.crt'),
      key: at('theirs.key'),
      ...changes,
    });

  it.each(['TLSv1_2', 'TLSv1_3'])('stores by %s', async (version) => {
    expect(await user({ version, files: [image.path] })).toMatchObject({ established: true, statuses: [0, 0] });
    await expectKept();
  });

  it.each(['TLSv1', 'TLSv1_1'])('is not spoken to by %s', async (version) => {
    expect(await user({ version })).toMatchObject({ established: false });
    expect(opened.log.lines.join()).toContain('it knows no TLS of version 1.2 or newer');
  });

  it('is asked for the user it names', async () => {
    const identity = { type: 2, primary: 'bác.sĩ', secondary: 'mật khẩu' };
    expect(await user({ identity })).toMatchObject({ established: true, positive: true, statuses: [0] });
    expect(await user({ identity: { ...identity, secondary: 'wrong' } })).toMatchObject({ established: false, rejected: true });
    expect(await user({ identity: { type: 5, primary: 'a.b.c' } })).toMatchObject({ established: false, rejected: true });
    expect(await user({ identity: { type: 1, primary: 'bác.sĩ' } })).toMatchObject({ established: true, positive: false });
  });

  it('is asked for the user it names in the clear too', async () => {
    const identity = { type: 2, primary: 'bác.sĩ', secondary: 'mật khẩu' };
    const plain = { plain: true, title: 'XA03', port: opened.router.dicomPort };
    expect(await user({ ...plain, identity })).toMatchObject({ established: true, positive: true, statuses: [0] });
    const wrong = { ...identity, secondary: 'wrong' };
    expect(await user({ ...plain, identity: wrong })).toMatchObject({ established: false, rejected: true });
  });

  it('is sent to', async () => {
    const kept = at('kept');
    await mkdir(kept);
    const job = { do: 'provide', title: 'PYNET', ca: at('ca.crt'), cert: at('theirs.crt'), key: at('theirs.key'), folder: kept };
    await using peer = await startPeer(
      PYTHON,
      () => [join(PEERS, 'tls.py')],
      async (child, free) => {
        child.stdin?.write(`${JSON.stringify({ ...job, port: free })}\n`);
        if (child.stdout !== null) {
          await once(child.stdout, 'data');
        }
      },
    );
    await deliver({ aeTitle: 'PYNET', port: peer.port, tls: true });
    expect(await readdir(kept)).toEqual([`${image.sopInstanceUid}.dcm`]);
  });
});

describe('Orthanc over TLS', () => {
  it('sends to us, and is sent to', async () => {
    const { dicomTlsPort: port } = opened.router;
    await using orthanc = await startOrthanc({
      folder,
      aeTitle: 'CT01',
      tls: { ca: at('ca.crt'), cert: at('theirs.crt'), key: at('theirs.key') },
      nodes: { filmless: { AET: 'FILMLESS', Host: '127.0.0.1', Port: port, UseDicomTls: true } },
    });
    const { url, port: dicomPort } = orthanc;
    await deliver({ aeTitle: 'CT01', port: dicomPort, tls: true });
    const instances: unknown = await (await fetch(`${url}/instances`)).json();
    expect(instances).toHaveLength(1);
    const echo = await fetch(`${url}/modalities/filmless/echo`, { method: 'POST', body: '{}' });
    expect(echo.status).toBe(200);
    const sent = await fetch(`${url}/modalities/filmless/store`, { method: 'POST', body: String(instances) });
    expect(sent.status).toBe(200);
    expect(opened.deposit.kept.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([image.sopInstanceUid]);
  });
});
