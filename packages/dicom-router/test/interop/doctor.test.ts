// needs: dcmtk, python, orthanc
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, transferSyntax } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Issued, selfSigned, TestAuthority } from '../certificates.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { type Part10File, writePart10 } from '../part10-files.ts';
import { freePort, PEERS, PYTHON, type Ran, run, startPeer } from '../run-peer.ts';

/** One router, and what real machines do wrong with it. */
let folder: string;
let authority: TestAuthority;
let own: Issued;
let opened: OpenedRouter;
let image: Part10File;

const at = (name: string) => join(folder, name);
const put = async (name: string, { cert, key }: Issued) => {
  await writeFile(at(`${name}.crt`), cert);
  await writeFile(at(`${name}.key`), key);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-doctor-'));
  authority = await TestAuthority.make();
  own = await selfSigned();
  await put('theirs', await authority.issue({ rsaBits: 2048 }));
  await put('own', own);
  await put('expired', await authority.issue({ from: -20, until: -10 }));
  await put('early', await authority.issue({ from: 10, until: 20 }));
  await writeFile(at('ca.crt'), authority.pem);
  const aes = ['EXPIRED', 'EARLY', 'NONE', 'OWN', 'CLEAR'].map((title) => ({ title, tls: true }));
  opened = await openRouter({
    tls: {
      material: { identity: await authority.issue({ name: 'filmless' }), authorities: authority.pem },
      listen: { port: 0, clients: 'required' },
    },
    limits: { artimMs: 400, connectMs: 700 },
    unknownAes: [],
    aes: [
      ...aes.map((ae) => ({ ...ae, may: ['echo', 'store'] as const, facility: 'main' })),
      { title: 'CT01', may: ['echo', 'store', 'query', 'retrieve'], facility: 'main' },
      { title: 'WS1', may: ['echo'], facility: 'main' },
      { title: 'MOVED', host: '10.0.0.9', may: ['echo'], facility: 'main' },
    ],
  });
  image = await writePart10(folder, transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN), 10_000);
});

afterAll(async () => {
  await opened[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

interface Problem {
  readonly id: number;
  readonly cause: string;
  readonly times: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly settledAt: string | null;
  readonly fixes: readonly { readonly kind: string; readonly id: string; readonly needs: readonly string[] }[];
}

/** What the doctor says of one cause; with a title, of that machine alone. */
async function problem(cause: string, title?: string, router = opened): Promise<Problem> {
  let found: Problem | undefined;
  await expect
    .poll(async () => {
      const { body } = await router.api('GET', `/api/association-problems${title === undefined ? '' : `?title=${title}`}`);
      const { problems } = body as { readonly problems: readonly Problem[] };
      found = problems.find((candidate) => candidate.cause === cause);
      return problems.map((candidate) => candidate.cause);
    })
    .toContain(cause);
  if (found === undefined) {
    throw new Error(`no ${cause}`);
  }
  return found;
}

/** Presses the button. */
async function mend({ id }: Problem, kind: string, more: object = {}): Promise<unknown> {
  const { status, body } = await opened.api('POST', `/api/association-problems/${id}/fix`, { kind, ...more });
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

async function settled({ id }: Problem): Promise<void> {
  await expect
    .poll(() => opened.api('GET', `/api/association-problems/${id}`))
    .toMatchObject({ body: { settledAt: expect.any(String), fixes: [] } });
}

const clear = () => String(opened.router.dicomPort);
const secure = () => String(opened.router.dicomTlsPort);
const dcmtk = (program: string, ...args: readonly string[]): Promise<Ran> => run(`/usr/bin/${program}`, args);
const echo = (title: string, called = 'FILMLESS') => dcmtk('echoscu', '-aet', title, '-aec', called, '127.0.0.1', clear());
const store = (title: string) => dcmtk('storescu', '-aet', title, '-aec', 'FILMLESS', '127.0.0.1', clear(), image.path);
const tlsEcho = (title: string, port: string, ...certificate: readonly string[]) =>
  dcmtk('echoscu', ...certificate, '+cf', at('ca.crt'), '-aet', title, '-aec', 'FILMLESS', '127.0.0.1', port);
const pair = (name: string) => ['+tls', at(`${name}.key`), at(`${name}.crt`)];

const python = async (associations: readonly object[]): Promise<unknown> => {
  const job = { do: 'ask', port: opened.router.dicomPort, associations };
  const { code, output } = await run(PYTHON, [join(PEERS, 'doctor.py')], `${JSON.stringify(job)}\n`);
  expect(code, output).toBe(0);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
};

/** A socket that says something, and whatever comes back is let go. */
const say = (port: number, words: string) =>
  new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(words));
    socket.on('error', () => undefined).on('close', () => resolve());
    socket.resume();
  });

describe('a machine that calls', () => {
  it('and is not listed is added by one press, and gets through', async () => {
    expect((await store('NEW01')).code).not.toBe(0);
    const found = await problem('calling-ae-unknown', 'NEW01');
    expect(found).toMatchObject({ fixes: [{ kind: 'add', id: 'NEW01', needs: [] }], facts: { asks: ['store'] } });
    await mend(found, 'add');
    expect((await store('NEW01')).code).toBe(0);
    await settled(found);
    expect(opened.access.events).toContainEqual(expect.objectContaining({ action: 'ae.add' }));
  });

  it('and tries again and again is one problem, counted', async () => {
    for (let count = 0; count < 3; count += 1) {
      await echo('EAGER');
    }
    expect(await problem('calling-ae-unknown', 'EAGER')).toMatchObject({ times: 3 });
  });

  it('calls somebody else', async () => {
    expect((await echo('CT01', 'ARCHIVE')).code).not.toBe(0);
    expect(await problem('called-ae-wrong')).toMatchObject({
      facts: { called: 'ARCHIVE', own: 'FILMLESS', peer: 'CT01' },
      reason: expect.stringContaining('CT01 called ARCHIVE; this server is FILMLESS'),
      fixes: [],
    });
  });

  it('and may only echo is let store by one press', async () => {
    expect((await store('WS1')).code).not.toBe(0);
    const found = await problem('service-not-allowed', 'WS1');
    // storescu proposes every kind of image there is: a few are named, the rest counted.
    expect(found.facts).toMatchObject({ asks: ['store'], classes: expect.arrayContaining([expect.stringMatching(/^\+\d+$/)]) });
    await mend(found, 'allow');
    expect((await store('WS1')).code).toBe(0);
    await settled(found);
  });

  it('offers what is not taken, or only in syntaxes that are not, or breaks off', async () => {
    const [print, find] = ['1.2.840.10008.5.1.1.9', '1.2.840.10008.5.1.4.1.2.2.1'];
    const verification = ['1.2.840.10008.1.1', ['1.2.840.10008.1.2']];
    await python([
      { title: 'CT01', contexts: [[print, ['1.2.840.10008.1.2']]] },
      { title: 'CT01', contexts: [[find, ['1.2.840.10008.1.2.4.50']]] },
      { title: 'CT01', contexts: [verification], end: 'abort' },
    ]);
    expect(await problem('sop-class-refused')).toMatchObject({ facts: { classes: ['Basic Grayscale Print Management'] } });
    expect(await problem('transfer-syntax-refused')).toMatchObject({
      facts: { classes: ['Study Root Query/Retrieve - FIND'], syntaxes: [expect.stringContaining('JPEG Baseline')] },
    });
    expect(await problem('aborted-by-peer', 'CT01')).toMatchObject({ facts: { source: 0 } });
  });

  it('calls from another address than it is listed with, which one press takes over', async () => {
    expect((await echo('MOVED')).code).toBe(0);
    const found = await problem('from-elsewhere', 'MOVED');
    await mend(found, 'address');
    expect((await echo('MOVED')).code).toBe(0);
    await settled(found);
  });

  it('asks for images to be sent to nobody', async () => {
    const query = ['-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID=2.25.1', '-S', '-aem', 'NOWHERE'];
    await dcmtk('movescu', ...query, '-aet', 'CT01', '-aec', 'FILMLESS', '127.0.0.1', clear());
    const found = await problem('move-destination-unknown');
    expect(found).toMatchObject({ facts: { destination: 'NOWHERE' }, fixes: [{ kind: 'add', needs: ['host', 'port'] }] });
    const { status } = await opened.api('POST', `/api/association-problems/${found.id}/fix`, { kind: 'add' });
    expect(status).toBe(400);
  });

  it('finds the disk full', async () => {
    await using full = await openRouter({}, { freeBytes: Number.MAX_SAFE_INTEGER });
    await dcmtk('storescu', '-aet', 'CT01', '-aec', 'FILMLESS', '127.0.0.1', String(full.router.dicomPort), image.path);
    expect(await problem('disk-full', 'CT01', full)).toMatchObject({ facts: { service: 'C-STORE' } });
  });
});

describe('a machine that calls with TLS, or without', () => {
  it('speaks in the clear to the port for TLS, or TLS to the other', async () => {
    await dcmtk('echoscu', '-aec', 'FILMLESS', '127.0.0.1', secure());
    expect(await problem('clear-on-tls-port')).toMatchObject({ facts: { clearPort: opened.router.dicomPort } });
    await tlsEcho('CT01', clear(), ...pair('theirs'));
    expect(await problem('tls-on-clear-port')).toMatchObject({ facts: { tlsPort: opened.router.dicomTlsPort } });
  });

  it('calls in the clear where TLS is set for it, which one press takes off', async () => {
    expect((await echo('CLEAR')).code).not.toBe(0);
    const found = await problem('tls-needed', 'CLEAR');
    await mend(found, 'tls-off');
    expect((await echo('CLEAR')).code).toBe(0);
    await settled(found);
  });

  it.each([
    ['an expired certificate', 'EXPIRED', 'tls-expired', () => pair('expired')],
    ['one that is not valid yet, as with a wrong clock', 'EARLY', 'tls-not-yet-valid', () => pair('early')],
    ['none', 'NONE', 'tls-no-certificate', () => ['+tla']],
  ])('shows %s', async (_, title, cause, certificate) => {
    expect((await tlsEcho(title, secure(), ...certificate())).code).not.toBe(0);
    expect(await problem(cause, title)).toMatchObject({ fixes: [] });
  });

  it('shows a certificate that nobody vouches for, which one press enters', async () => {
    expect((await tlsEcho('OWN', secure(), ...pair('own'))).code).not.toBe(0);
    const found = await problem('tls-untrusted', 'OWN');
    expect(found.facts.fingerprint).toBe(own.fingerprint);
    await mend(found, 'pin');
    expect((await tlsEcho('OWN', secure(), ...pair('own'))).code).toBe(0);
    await settled(found);
  });
});

describe('what else comes to a port', () => {
  it('is HTTP, another protocol, or nothing at all', async () => {
    await fetch(`http://127.0.0.1:${clear()}/`).catch(() => undefined);
    await problem('http-on-dicom-port');
    await say(opened.router.dicomPort, 'SSH-2.0-OpenSSH_9.2\r\n');
    await problem('not-dicom');
    await say(opened.router.dicomPort, '');
    await problem('timeout-association');
  });
});

/** Listens, and tells its port. */
async function listening(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Outcome {
  readonly ok: boolean;
  readonly diagnosis: { readonly cause: string; readonly facts: Readonly<Record<string, unknown>> } | null;
}

/** Has the router call a machine, and gives what came of it. */
async function called(title: string, port: number, tls?: unknown, host = '127.0.0.1'): Promise<Outcome> {
  const ae = { host, port, may: ['echo'], facility: 'main', ...(tls === undefined ? {} : { tls }) };
  await opened.api('PUT', `/api/aes/${title}`, ae);
  return (await opened.api('POST', `/api/aes/${title}/echo`)).body as Outcome;
}

const ready = async (port: number) => {
  await expect
    .poll(
      () =>
        new Promise((resolve) => {
          const socket = connect(port, '127.0.0.1', () => resolve(true));
          socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
        }),
      { timeout: 20_000 },
    )
    .toBe(true);
};

describe('a machine that we call', () => {
  it('is not there: wrong port, no such name', async () => {
    expect(await called('GONE', await freePort())).toMatchObject({ ok: false, diagnosis: { cause: 'connection-refused' } });
    await problem('connection-refused', 'GONE');
    expect(await called('NAMELESS', 104, undefined, 'nobody.invalid')).toMatchObject({ diagnosis: { cause: 'name-unknown' } });
  });

  it('is behind a firewall that drops what it is sent', async () => {
    // A queue of no length that is full: the system drops further connections, as a firewall does.
    const hold =
      'import socket,sys\ns=socket.socket()\ns.bind(("127.0.0.1",0))\ns.listen(0)\np=s.getsockname()\n' +
      'c=[socket.socket() for _ in range(4)]\nfor x in c:\n x.setblocking(False)\n x.connect_ex(p)\nprint(p[1],flush=True)\nsys.stdin.read()\n';
    let port = 0;
    await using _peer = await startPeer(
      PYTHON,
      () => ['-c', hold],
      async (child) => {
        if (child.stdout !== null) {
          const [line] = await once(child.stdout, 'data');
          port = Number(String(line).trim());
        }
      },
    );
    expect(await called('WALL', port)).toMatchObject({ ok: false, diagnosis: { cause: 'timeout-connect' } });
  });

  it('says nothing, or speaks HTTP', async () => {
    await using silent = await listening(createServer((socket) => socket.on('error', () => undefined).resume()));
    expect(await called('SILENT', silent.port)).toMatchObject({ diagnosis: { cause: 'timeout-answer' } });
    await using web = await listening(createHttpServer((_, response) => response.end('hello')));
    expect(await called('WEB', web.port)).toMatchObject({ diagnosis: { cause: 'peer-answered-http' } });
  });

  it('does not know us', async () => {
    const job = { do: 'serve', title: 'STRICT', knows: ['SOMEBODY'] };
    await using peer = await startPeer(
      PYTHON,
      () => [join(PEERS, 'doctor.py')],
      async (child, port) => {
        child.stdin?.write(`${JSON.stringify({ ...job, port })}\n`);
        if (child.stdout !== null) {
          await once(child.stdout, 'data');
        }
      },
    );
    expect(await called('STRICT', peer.port)).toMatchObject({ diagnosis: { cause: 'peer-knows-us-not' } });
  });

  it('speaks TLS, or does not, which one press sets right', async () => {
    await mkdir(at('kept'), { recursive: true });
    const serving = (tls: readonly string[]) =>
      startPeer(
        '/usr/bin/storescp',
        (free) => [...tls, '-od', at('kept'), String(free)],
        (_, free) => ready(free),
      );
    {
      await using peer = await serving([...pair('theirs'), '+cf', at('ca.crt')]);
      expect(await called('STORESCP', peer.port)).toMatchObject({ ok: false, diagnosis: { cause: 'peer-wants-tls' } });
      expect(await mend(await problem('peer-wants-tls', 'STORESCP'), 'tls-on')).toMatchObject({ test: { ok: true } });
    }
    await using peer = await serving([]);
    expect(await called('STORESCP', peer.port, true)).toMatchObject({ ok: false, diagnosis: { cause: 'peer-speaks-clear' } });
    expect(await mend(await problem('peer-speaks-clear', 'STORESCP'), 'tls-off')).toMatchObject({ test: { ok: true } });
    const sent = (await opened.api('POST', '/api/aes/STORESCP/test-image')).body;
    expect(sent).toMatchObject({ ok: true, status: '0000H', diagnosis: null });
  });

  it('is Orthanc under another title, and takes the test image under its own', async () => {
    const [HttpPort, DicomPort] = [await freePort(), await freePort()];
    const config = {
      StorageDirectory: at('storage'),
      IndexDirectory: at('index'),
      HttpPort,
      DicomPort,
      DicomAet: 'ORTHANC',
      DicomCheckCalledAet: true,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: false,
      Plugins: [],
    };
    await writeFile(at('orthanc.json'), JSON.stringify(config));
    await using _peer = await startPeer(
      '/usr/sbin/Orthanc',
      () => [at('orthanc.json')],
      () => ready(HttpPort).then(() => ready(DicomPort)),
    );
    expect(await called('ORTHAN', DicomPort)).toMatchObject({ diagnosis: { cause: 'peer-has-other-title' } });
    expect(await called('ORTHANC', DicomPort)).toMatchObject({ ok: true });
    expect((await opened.api('POST', '/api/aes/ORTHANC/test-image')).body).toMatchObject({ ok: true });
    const patients: unknown = await (await fetch(`http://127.0.0.1:${HttpPort}/patients?expand`)).json();
    expect(patients).toMatchObject([{ MainDicomTags: { PatientName: 'FILMLESS^TEST', PatientID: 'FILMLESS-TEST' } }]);
  });
});
