import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { helpText } from './help.ts';
import { loadConfig, unknownVariables } from './load.ts';
import { isLoopback } from './loopback.ts';
import { ALL_OPTIONS } from './options.ts';

describe('the configuration', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'filmless-config-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const load = (words: readonly string[] = [], environment: Record<string, string> = {}) =>
    loadConfig({ arguments: words, environment, workingDirectory: folder });
  const yaml = (text: string, name = 'filmless.yaml') => writeFileSync(join(folder, name), text);

  it('has the promised defaults', () => {
    expect(load()).toEqual({
      dataDir: join(folder, 'data'),
      host: '127.0.0.1',
      httpPort: 8080,
      dicomPort: 11_112,
      aeTitle: 'FILMLESS',
      tls: undefined,
      dicomTlsPort: undefined,
      dicomTlsCa: undefined,
      dicomTlsClients: 'asked',
      role: 'all',
      centre: undefined,
      store: 'file:',
      index: 'sqlite:',
      insecureHttp: false,
      proxies: [],
      adminPassword: undefined,
      adminToken: undefined,
      logLevel: 'info',
      backupDir: undefined,
      backupKeep: 14,
      studyQuietMs: 120_000,
      demo: false,
      site: {
        facilities: [],
        aes: [],
        unknownAes: ['echo', 'store'],
        unknownSopClasses: false,
        deidentification: [],
        destinations: [],
        rules: undefined,
      },
    });
  });

  it('lets an option beat a variable, a variable the file, the file the default', () => {
    yaml('httpPort: 1\ndicomPort: 1\nhost: 10.0.0.1\n');
    const config = load(['--http-port', '3'], { FILMLESS_HTTP_PORT: '2', FILMLESS_DICOM_PORT: '2' });
    expect([config.httpPort, config.dicomPort, config.host, config.aeTitle]).toEqual([3, 2, '10.0.0.1', 'FILMLESS']);
  });

  it('takes the routing rules as a document, and refuses faulty ones with their place', () => {
    yaml('httpPort: 1\n\nrules:\n  - { name: CT, then: [{ send: ws1 }] }\n');
    expect(load().site.rules).toEqual({ document: 'rules:\n  - { name: CT, then: [{ send: ws1 }] }\n', linesAbove: 2 });
    yaml('httpPort: 1\nrules:\n  - name: CT\n    then: [{ sent: ws1 }]\n');
    expect(() => load()).toThrow('filmless.yaml:4:14: rule "CT": There is no key "sent" here. Did you mean "send"?');
  });

  it('takes the time after which a study is complete in seconds', () => {
    yaml('proxies: 172.30.0.2, 10.1.0.0/16,fd00::/8\n');
    expect(load().proxies).toEqual(['172.30.0.2', '10.1.0.0/16', 'fd00::/8']);
    for (const wrong of ['proxy.example', '10.1.0.0/33', '10.1.0.0/', '10.1.0.0/0', '::/-1']) {
      expect(() => load([], { FILMLESS_PROXIES: wrong })).toThrow(/FILMLESS_PROXIES/);
    }
    yaml('studyQuiet: 600\n');
    expect(load().studyQuietMs).toBe(600_000);
    expect(load([], { FILMLESS_STUDY_QUIET: '30' }).studyQuietMs).toBe(30_000);
  });

  it('takes destinations in the form of the API, and refuses faulty ones with their place', () => {
    yaml('destinations:\n  - { id: ws1, aeTitle: WS1, host: 10.0.0.20, port: 104 }\n  - { id: out, kind: folder, path: /out }\n');
    expect(load().site.destinations.map(({ destination }) => destination)).toMatchObject([
      { kind: 'dicom', id: 'ws1', aeTitle: 'WS1', enabled: true },
      { kind: 'folder', id: 'out', names: 'hashed' },
    ]);
    yaml('destinations:\n  - id: ws1\n    aeTitle: WS1\n    host: 10.0.0.20\n    port: many\n');
    expect(() => load()).toThrow(/filmless\.yaml:5:11: port: /);
    yaml('destinations:\n  - { id: a, kind: folder, path: /x }\n  - { id: a, kind: folder, path: /y }\n');
    expect(() => load()).toThrow('filmless.yaml:3:11: The destination a stands further above already.');
  });

  it('takes --option=value, switches, and switches with a value', () => {
    expect(load(['--http-port=0', '--insecure-http', '--demo']).insecureHttp).toBe(true);
    expect(load(['--insecure-http=off'], { FILMLESS_INSECURE_HTTP: '1' }).insecureHttp).toBe(false);
  });

  it('takes a key of the file as the option is written too', () => {
    yaml('http-port: 81\nae-title: SADEC\ninsecureHttp: true\n');
    expect(load()).toMatchObject({ httpPort: 81, aeTitle: 'SADEC', insecureHttp: true });
  });

  it('resolves paths against the working directory, and in the file against the file', () => {
    yaml('data: daten\nstore: file:objects\n', 'other.yaml');
    const config = load(['--config', 'other.yaml', '--tls-cert', 'a.pem', '--tls-key', 'b.pem']);
    expect(config.dataDir).toBe(join(folder, 'daten'));
    expect(config.store).toBe(`file:${join(folder, 'objects')}`);
    expect(config.tls).toEqual({ cert: join(folder, 'a.pem'), key: join(folder, 'b.pem') });
  });

  it('knows where a router alone delivers', () => {
    const FILMLESS_ARCHIVE_TOKEN = 'token-of-the-centre';
    expect(
      load(['--role', 'router', '--archive', 'https://pacs.sadec.vn:8443/', '--archive-ca', 'ca.pem'], { FILMLESS_ARCHIVE_TOKEN })
        .centre,
    ).toEqual({
      kind: 'filmless',
      url: 'https://pacs.sadec.vn:8443',
      token: FILMLESS_ARCHIVE_TOKEN,
      ca: join(folder, 'ca.pem'),
      keepMs: 30 * 86_400_000,
    });
    expect(load(['--role', 'router', '--archive-dicomweb', 'http://127.0.0.1:8042/dicom-web/']).centre).toEqual({
      kind: 'dicomweb',
      url: 'http://127.0.0.1:8042/dicom-web',
      token: undefined,
      ca: undefined,
      keepMs: 30 * 86_400_000,
    });
    expect(load(['--role', 'router', '--insecure-http', '--archive-dicomweb', 'http://10.8.0.1']).centre?.url).toBe(
      'http://10.8.0.1',
    );
  });

  it('demands certificates of DICOM peers where it is told whom to believe, unless told otherwise', () => {
    expect(load(['--dicom-tls-port', '0', '--dicom-tls-ca', 'ca.pem'])).toMatchObject({
      dicomTlsPort: 0,
      dicomTlsCa: join(folder, 'ca.pem'),
      dicomTlsClients: 'required',
    });
    expect(load(['--dicom-tls-ca', 'ca.pem', '--dicom-tls-clients', 'asked']).dicomTlsClients).toBe('asked');
  });

  it('reads facilities and application entities as the interface shows them', () => {
    yaml(
      [
        'facilities: [{ id: main, name: Bệnh viện Đa khoa Sa Đéc, patientIdIssuer: SADEC }]',
        'aes:',
        '  - { title: CT01, host: 10.0.0.11, port: 104, may: [store, query, retrieve], facility: main }',
        '  - title: US02',
        '    asciiNames: true',
        `    tls: { fingerprint: "${'ab:'.repeat(31)}cd", name: us02.hospital }`,
        '    charsetIn: windows-1258',
        '    onConflict: keepFirst',
        '    worklist: { modalities: [US], rooms: [Phòng 2], days: 1 }',
        '  - { title: MR03, tls: true }',
        'unknownAes: []',
        'unknownSopClasses: true',
        'deidentification: { nghien-cuu: { options: [retainModifiedDates], shiftDays: 30 } }',
      ].join('\n'),
    );
    expect(load().site).toEqual({
      facilities: [{ id: 'main', name: 'Bệnh viện Đa khoa Sa Đéc', patientIdIssuer: 'SADEC' }],
      aes: [
        { title: 'CT01', host: '10.0.0.11', port: 104, may: ['store', 'query', 'retrieve'], facility: 'main' },
        {
          title: 'US02',
          may: ['echo', 'store'],
          facility: 'main',
          asciiNames: true,
          tls: { fingerprint: `${'AB'.repeat(31)}CD`, name: 'us02.hospital' },
          charsetIn: 'windows-1258',
          onConflict: 'keepFirst',
          worklist: { modalities: ['US'], rooms: ['Phòng 2'], days: 1 },
        },
        { title: 'MR03', may: ['echo', 'store'], facility: 'main', tls: true },
      ],
      unknownAes: [],
      unknownSopClasses: true,
      deidentification: [{ name: 'nghien-cuu', options: ['retainModifiedDates'], shiftDays: 30 }],
      destinations: [],
      rules: undefined,
    });
  });

  it.each([
    [['--htpp-port', '1'], 'did you mean --http-port?'],
    [['--frobnicate'], 'There is no option --frobnicate. See: filmless --help'],
    [['serve'], '"serve" is not understood here'],
    [['--host'], '--host needs a value: --host ADDR'],
    [['--host', '--demo'], '--host needs a value'],
    [['--host=a', '--host=b'], 'given twice'],
    [['--http-port', '70000'], '--http-port: "70000" is not a port'],
    [['--http-port', '-1'], 'is not a port'],
    [['--host', 'bad host'], 'is not an address to bind'],
    [['--ae-title', 'SEVENTEEN LETTERS'], 'is not an AE title'],
    [['--ae-title', 'A\\B'], 'is not an AE title'],
    [['--log-level', 'loud'], 'is not one of info, warn, error'],
    [['--backup-keep', '0'], 'is not a number from 1 to 9999'],
    [['--study-quiet', '2m'], 'is not a number from 1 to 9999'],
    [['--role', 'everything'], 'is not one of all, archive, router'],
    [['--role', 'router'], 'delivers to one archive'],
    [['--role', 'router', '--archive', 'https://a', '--archive-dicomweb', 'https://b/dicom-web'], 'delivers to one archive'],
    [['--role', 'router', '--archive', 'https://a'], 'FILMLESS_ARCHIVE_TOKEN'],
    [['--role', 'router', '--archive', 'ftp://a'], 'FILMLESS_ARCHIVE_TOKEN'],
    [['--role', 'router', '--archive-dicomweb', 'https://u:p@a/'], 'address of a service'],
    [['--role', 'router', '--archive-dicomweb', 'ftp://a'], 'address of a service'],
    [['--role', 'router', '--archive-dicomweb', 'http://10.0.0.1/dicom-web'], 'in the clear'],
    [['--role', 'router', '--archive-dicomweb', 'https://a', '--dicom-port', '8080'], 'cannot both listen'],
    [['--archive', 'http://10.0.0.1'], 'belongs to the role "router"'],
    [['--dicom-tls-port', '11112'], 'cannot listen on port 11112'],
    [['--dicom-tls-clients', 'some'], 'is not one of required, asked'],
    [['--store', 'ftp://x'], 'the store is not understood'],
    [['--index', 'postgres://u:secret@x'], 'Give sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/DATABASE'],
    [['--role', 'router', '--archive-dicomweb', 'https://a/dicom-web', '--index', 'postgres://x/y'], 'belongs to an archive'],
    [['--index', 'mysql://x/y'], 'the index is not understood'],
    [['--insecure-http=perhaps'], 'is not true or false'],
    [['--tls-cert', 'x.pem'], '--tls-cert and --tls-key belong together'],
    [['--config', 'missing.yaml'], 'cannot be read'],
    [['--http-port', '11112'], 'cannot both listen on port 11112'],
    [['--role', 'archive', '--demo'], 'needs the role "all"'],
  ])('refuses %j and says what to do', (words, message) => {
    expect(() => load(words)).toThrow(message);
  });

  it('names the variable that holds a bad value', () => {
    expect(() => load([], { FILMLESS_DICOM_PORT: 'x' })).toThrow('FILMLESS_DICOM_PORT: "x" is not a port');
    expect(() => load([], { FILMLESS_ADMIN_TOKEN: 'short' })).toThrow('FILMLESS_ADMIN_TOKEN: a token has 8');
  });

  it('never repeats the secret of a store', () => {
    expect(() => load(['--store', 's3//AKIA:topsecret@host/bucket'])).toThrow(/^(?!.*topsecret).*percent-encoded/);
  });

  it.each([
    ['host: [1', 1, ''],
    ['a: 1\na: 2', 2, 'unique'],
    ['\n\nfacilites: []', 3, 'did you mean "facilities"?'],
    ['httpPort: many', 1, 'is not a port'],
    ['httpPort: 1\nhttp-port: 2', 2, 'a second time'],
    ['facilities:\n  - { id: Main, name: x }', 2, 'a facility id has'],
    ['facilities:\n  - { id: main }', 2, '"name" is missing'],
    ['facilities:\n  - { id: a, name: x }\n  - { id: a, name: y }', 3, 'a second time'],
    ['facilities: { id: a }', 1, 'here stands a list'],
    ['aes:\n  - title: CT01\n    may: [store, fly]', 3, '"fly" is none of'],
    ['aes:\n  - title: CT01\n    facility: other', 3, 'there is no facility "other"'],
    ['aes:\n  - title: CT01\n    host: 10.0.0.1', 2, 'host and port belong together'],
    ['aes:\n  - title: CT01\n    host: 10.0.0.1\n    port: 0', 4, 'no whole number from 1'],
    ['aes:\n  - title: CT01\n    tls: perhaps', 3, '"perhaps" is neither true nor false'],
    ['aes:\n  - title: CT01\n    tls: { fingerprint: ab }', 3, 'a fingerprint is the SHA-256'],
    ['aes:\n  - title: CT01\n    tls: { cert: a.pem }', 3, 'there is no setting "cert"'],
    ['aes:\n  - title: CT01\n    charsetIn: klingon', 3, 'the character set "klingon" is not known'],
    ['aes:\n  - title: CT01\n    onConflict: drop', 3, '"drop" is none of ask, keepFirst, keepLast'],
    ['aes:\n  - title: CT01\n    worklist: { days: -1 }', 3, 'no whole number from 0'],
    ['aes:\n  - title: CT01\n    worklist: { modalities: [Röntgen] }', 3, 'a modality is a code'],
    ['aes:\n  - title: CT01\n    worklist: { rooms: [Phòng chụp số mười bảy] }', 3, 'a room has 1 to 16'],
    ['aes:\n  - titel: CT01', 2, 'did you mean "title"?'],
    ['deidentification:\n  Thesis: {}', 2, 'a name has 1 to 64 lower-case letters'],
    ['deidentification:\n  a:\n    options:\n      - retainEverything', 4, 'deidentification.a.options.0'],
    ['deidentification:\n  a:\n    shiftDays: 3', 3, 'needs the option retainModifiedDates'],
    ['deidentification:\n  a: { option: [] }', 2, 'option'],
    ['unknownSopClasses: sometimes', 1, '"sometimes" is neither true nor false'],
    ['unknownSopClasses: [true]', 1, 'here stands one value'],
    ['- a', 1, 'here stand keys'],
    ['a: &x [1]\nhost: *x', 1, ''],
  ])('refuses the file %j in line %i', (text, line, message) => {
    yaml(text);
    expect(() => load()).toThrow(`filmless.yaml:${line}: `);
    expect(() => load()).toThrow(message);
  });

  it('takes an empty file', () => {
    yaml('# nothing yet\n');
    expect(load().httpPort).toBe(8080);
  });

  it('finds variables that are misspelt', () => {
    expect(unknownVariables({ FILMLESS_HTTPPORT: '1', FILMLESS_HOST: 'x' })).toEqual(['FILMLESS_HTTPPORT']);
  });

  it('explains every option in its help', () => {
    const help = helpText();
    for (const { flag, variable, key } of ALL_OPTIONS) {
      expect(help).toContain(flag ?? key);
      expect(help).toContain(variable ?? '');
    }
    expect(help).toContain('postgres://');
  });

  it.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.evil.example', false],
    ['10.0.0.1', false],
  ])('knows whether %s is this machine alone', (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback);
  });
});
