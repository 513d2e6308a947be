import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { ALL_OPTIONS } from '../../src/config/options.ts';
import { VERSION } from '../../src/version.ts';
import { ROOT } from '../support/product.ts';

/* The files of deploy/ against the product: what they name must exist, and what they show must be understood. */

const DEPLOY = join(ROOT, 'deploy');
const textOf = (name: string): string => readFileSync(join(DEPLOY, name), 'utf8');
const FILES = readdirSync(DEPLOY);

const VARIABLES = new Set(ALL_OPTIONS.flatMap(({ variable }) => variable ?? []));
const FLAGS = new Set(ALL_OPTIONS.flatMap(({ flag }) => flag ?? []));

/** Lines that start the product, without what stands before its name. */
const commandsIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => /bootstrap\.mjs start|"serve"|npm start|filmless rebuild/.test(line) && !line.includes('pnpm'))
    .map((line) => line.replace('docker compose run --rm', ''));
const flagsIn = (text: string): readonly string[] => text.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [];

/** `NAME=value` lines, those that are commented out too. */
function assignments(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').flatMap((line) => /^#?([A-Z][A-Z_]+)=(.*)$/.exec(line) ?? []);
  return Object.fromEntries(lines.flatMap((name, index) => (index % 3 === 1 ? [[name, lines[index + 1] ?? '']] : [])));
}

const load = (args: readonly string[], environment: Readonly<Record<string, string>>) =>
  loadConfig({ arguments: args, environment, workingDirectory: DEPLOY });

interface Compose {
  readonly services: Readonly<
    Record<'filmless' | 'minio', { readonly image: string; readonly environment: Record<string, string> }>
  >;
}

interface Cluster {
  readonly services: Readonly<
    Record<
      'archive-1' | 'archive-2' | 'archive-3',
      { readonly image: string; readonly command: readonly string[]; readonly environment: Readonly<Record<string, string>> }
    >
  > & {
    readonly proxy: {
      readonly ports: readonly string[];
      readonly networks: { readonly inside: { readonly ipv4_address: string } };
    };
    readonly postgres: { readonly image: string; readonly environment: Readonly<Record<string, string>> };
    readonly minio: { readonly image: string };
  };
}

describe.each([...FILES.map((name) => `deploy/${name}`), 'docs/object-storage.md'])('%s', (path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');

  it('names only variables that the product reads', () => {
    const named = new Set(text.match(/\bFILMLESS_[A-Z_]+\b/g) ?? []);
    expect([...named].filter((name) => !VARIABLES.has(name))).toEqual([]);
  });

  it('names only options that the product has', () => {
    const named = new Set(commandsIn(text).flatMap(flagsIn));
    expect([...named].filter((flag) => flag !== '--help' && !FLAGS.has(flag))).toEqual([]);
  });
});

describe('the files for systemd', () => {
  it('are read by the product as they are, secrets filled in', () => {
    const given = assignments(textOf('environment.example'));
    expect(Object.keys(given)).toContain('FILMLESS_STORE');
    const own = Object.entries(given).filter(([name]) => name.startsWith('FILMLESS_'));
    const config = load(['--config', join(DEPLOY, 'filmless.yaml.example')], {
      ...Object.fromEntries(own.map(([name, value]) => [name, value === '' ? 'a-secret-of-a-hospital' : value])),
    });
    expect(config).toMatchObject({ host: '0.0.0.0', store: 's3://KEY:SECRET@10.0.0.20:9000/filmless' });
  });

  it('keep all that the server writes in folders that the unit makes', () => {
    const unit = textOf('filmless.service');
    const [, data] = /--data (\S+)/.exec(unit) ?? [];
    const [, cache] = /NODE_COMPILE_CACHE=(\S+)/.exec(unit) ?? [];
    expect([data, cache]).toEqual(['/var/lib/filmless', '/var/cache/filmless/compiled']);
    expect(unit).toMatch(/^ProtectSystem=strict$/m);
    expect(unit).toMatch(/^StateDirectory=filmless$/m);
    expect(unit).toMatch(/^CacheDirectory=filmless$/m);
  });
});

describe('the process of the server', () => {
  const started = JSON.parse(readFileSync(join(ROOT, 'scripts', 'server-process.json'), 'utf8')) as {
    readonly flags: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
  };

  it('is started in a container as npm start does', () => {
    const dockerfile = textOf('Dockerfile');
    const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]') as readonly string[];
    expect(entry).toEqual(['node', ...started.flags, 'packages/filmless/src/main.ts']);
    const set = new Set([...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, variables = '']) => variables.split(' ')));
    expect([...set]).toEqual(
      expect.arrayContaining(Object.entries(started.environment).map(([name, value]) => `${name}=${value}`)),
    );
  });

  it('is started by systemd through npm start, which sets the same, and not again when a setting is wrong', () => {
    const unit = textOf('filmless.service');
    expect(unit).toMatch(/^ExecStart=\/usr\/bin\/node \/opt\/filmless\/scripts\/bootstrap\.mjs start /m);
    expect(unit).toMatch(/^RestartPreventExitStatus=2$/m);
    expect([unit, textOf('README.md')].every((text) => /--backup-dir[\s\S]*ReadWritePaths=/.test(text))).toBe(true);
    // A file of the unit's own must not set them otherwise.
    const own = [unit, textOf('environment.example')].flatMap(
      (text) => text.match(/MALLOC_\w+|UV_THREADPOOL_SIZE|NODE_OPTIONS/g) ?? [],
    );
    expect(own).toEqual([]);
  });
});

describe('the files for containers', () => {
  const compose = parse(textOf('compose.yaml')) as Compose;

  it('give the product an address of the store that it understands', () => {
    const { environment } = compose.services.filmless;
    const filled = Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+:\?[^}]*\}/g, 'a').replace(/\$\{\w+:-([^}]*)\}/g, '$1'),
    ]);
    const set = Object.fromEntries(filled.filter(([, value]) => value !== ''));
    expect(load([], set)).toMatchObject({ store: 's3://a:a@minio:9000/filmless?tls=0', aeTitle: 'FILMLESS' });
  });

  it('need no variable that the example does not have', () => {
    const needed = new Set([...textOf('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
    expect([...needed].filter((name) => !(`${name}` in assignments(textOf('compose.env.example'))))).toEqual([]);
  });

  it('run the versions that are tested', () => {
    const peers = readFileSync(join(ROOT, 'scripts', 'test', 'peers.ts'), 'utf8');
    const [, minio = 'none'] = /github\.com\/minio\/minio@(\S+)/.exec(textOf('minio.Dockerfile')) ?? [];
    expect(peers).toContain(`'${minio}'`);
    expect(compose.services.filmless.image).toBe(`filmless:${VERSION}`);
    const bootstrap = readFileSync(join(ROOT, 'scripts', 'bootstrap.mjs'), 'utf8');
    const [, major = 'none'] = /NODE_VERSION = '(\d+)\./.exec(bootstrap) ?? [];
    const images = [...textOf('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(new Set(images)).toEqual(new Set([`node:${major}-bookworm-slim`]));
  });

  it('copy only what is there', () => {
    for (const [, path = ''] of textOf('Dockerfile').matchAll(/\b((?:scripts|packages|deploy)\/[\w./-]+)/g)) {
      expect(readFileSync(join(ROOT, path)).byteLength, path).toBeGreaterThan(0);
    }
  });
});

describe('the files for several archive processes', () => {
  const text = textOf('compose.cluster.yaml');
  const { services } = parse(text, { merge: true }) as Cluster;
  const archives = (['archive-1', 'archive-2', 'archive-3'] as const).map((name) => [name, services[name]] as const);
  const filled = (environment: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(environment)
        .map(([name, value]) => [name, value.replace(/\$\{\w+:\?[^}]*\}/g, 'a').replace(/\$\{\w+:-([^}]*)\}/g, '$1')] as const)
        .filter(([, value]) => value !== ''),
    );

  it('start archives alone, over one database and one bucket, as the product understands it', () => {
    expect(Object.keys(services).filter((name) => name.startsWith('archive-'))).toEqual(archives.map(([name]) => name));
    for (const [, { command, environment, image }] of archives) {
      expect(load(command.slice(1), filled(environment))).toMatchObject({
        role: 'archive',
        insecureHttp: true,
        host: '0.0.0.0',
        dataDir: '/var/lib/filmless',
        store: 's3://a:a@minio:9000/filmless?tls=0',
        index: 'postgres://filmless:a@postgres:5432/filmless',
        proxies: [services.proxy.networks.inside.ipv4_address],
      });
      expect(image).toBe(`filmless:${VERSION}`);
    }
    expect(services.postgres.environment).toMatchObject({ POSTGRES_USER: 'filmless', POSTGRES_DB: 'filmless' });
    expect(services.postgres.image).toMatch(/^postgres:15-/);
  });

  it('name each of them to the proxy, at the port they listen on', () => {
    const proxy = textOf('nginx.conf');
    const named = [...proxy.matchAll(/^\s*server (\S+):(\d+)/gm)].map(([, host, port]) => `${host}:${port}`);
    const { httpPort } = load([], {});
    expect(named).toEqual(archives.map(([name]) => `${name}:${httpPort}`));
    const [, published] = /:(\d+)$/.exec(services.proxy.ports[0] ?? '') ?? [];
    expect(proxy).toContain(`listen ${published} ssl;`);
  });

  it('need no variable that the example does not have, and run the MinIO that is tested', () => {
    const needed = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
    expect([...needed].filter((name) => !(`${name}` in assignments(textOf('compose.env.example'))))).toEqual([]);
    const single = parse(textOf('compose.yaml')) as Compose;
    expect(services.minio.image).toBe(single.services.minio.image);
  });
});

it('asks for no right that the adapter does not use, and none on other buckets', () => {
  const policy = JSON.parse(textOf('bucket-policy.json')) as {
    readonly Statement: readonly { readonly Action: readonly string[]; readonly Resource: readonly string[] }[];
  };
  const actions = policy.Statement.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  expect(policy.Statement.flatMap(({ Resource }) => Resource)).toEqual(['arn:aws:s3:::filmless', 'arn:aws:s3:::filmless/*']);
  const documented = readFileSync(join(ROOT, 'docs', 'object-storage.md'), 'utf8');
  expect(actions.filter((action) => !documented.includes(`\`${action}\``))).toEqual([]);
});
