import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleFile, stow } from '../support/facilities.ts';
import { ADMIN_PASSWORD, ADMIN_TOKEN, type Product, startProduct } from '../support/product.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const FREE_PORTS = ['--http-port=0', '--dicom-port=0'];

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('the filmless command', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-command-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [MAIN, ...words], { cwd: folder, env: { ...process.env, ...environment } });
      let out = '';
      let err = '';
      child.stdout.on('data', (text) => {
        out += String(text);
      });
      child.stderr.on('data', (text) => {
        err += String(text);
      });
      child.once('close', (code) => resolve({ code, out, err }));
    });
  }

  /** `serve` with a channel to this process, as the bootstrap starts it. */
  async function serve(
    words: readonly string[] = [],
  ): Promise<{ readonly child: ChildProcess; readonly lines: readonly string[] }> {
    const child = fork(MAIN, ['serve', ...FREE_PORTS, ...words], { cwd: folder, silent: true, execArgv: [] });
    child.stderr?.resume();
    let out = '';
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
      child.stdout?.on('data', (text) => {
        out += String(text);
        // The link is printed after the ready line, in a write of its own.
        if (out.includes('/setup?token=') || (out.includes('filmless ready') && words.includes('--data'))) {
          resolve();
        }
      });
    });
    return { child, lines: out.trimEnd().split('\n') };
  }

  function exit(child: ChildProcess): Promise<number | null> {
    return new Promise((resolve) => child.once('exit', resolve));
  }

  it('prints one ready line on stdout, then the one-time link, which works once', async () => {
    const { child, lines } = await serve();
    expect(lines[0]).toMatch(/^filmless ready http=http:\/\/127\.0\.0\.1:\d+ dicom=FILMLESS@127\.0\.0\.1:\d+$/);
    expect(lines).toHaveLength(2);
    const link = new URL(/http\S+$/.exec(lines[1] ?? '')?.[0] ?? '');
    const setup = () =>
      fetch(new URL('/api/setup', link), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: link.searchParams.get('token'), password: ADMIN_PASSWORD }),
      });
    expect((await setup()).status).toBe(204);
    expect((await setup()).status).toBe(403);
    const ended = exit(child);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('ends when its parent is gone', async () => {
    const { child } = await serve();
    const ended = exit(child);
    child.disconnect();
    expect(await ended).toBe(0);
  });

  it('ends at Ctrl-C within ten seconds, and at once at the second', async () => {
    const { child } = await serve();
    const ended = exit(child);
    const start = performance.now();
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect([0, 130]).toContain(await ended);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('refuses a second server on the same data with a sentence and code 2', async () => {
    await using product = await startProduct();
    const second = await run(['serve', ...FREE_PORTS, '--data', product.data]);
    expect(second.code).toBe(2);
    expect(second.out).toBe('');
    expect(second.err).toContain(`is in use by process ${product.process.pid}`);
  });

  it('refuses a DICOM port that is taken, and leaves the data free', async () => {
    await using product = await startProduct();
    const taken = await run(['serve', '--http-port=0', `--dicom-port=${product.dicomPort}`]);
    expect(taken.code).toBe(2);
    expect(taken.err).toContain(`Port ${product.dicomPort} on 127.0.0.1 is in use`);
    expect(taken.err).toContain('--dicom-port');
    expect((await run(['reset-admin'])).code).toBe(0);
  });

  it('does not take a store that is away for a wrong setting: a supervisor starts it again', async () => {
    const away = await run(['serve', ...FREE_PORTS, '--store', 's3://key:secret@127.0.0.1:9/filmless?tls=0']);
    expect([away.code, away.out]).toEqual([1, '']);
    expect(away.err).toContain('The store or index cannot be used');
  });

  it('does not take a database that the disk does not give for a wrong setting either', async () => {
    const failing = await run(['serve', ...FREE_PORTS, '--index', `sqlite:${folder}`]);
    expect([failing.code, failing.out]).toEqual([1, '']);
    // Lines of the log may stand before it: about variables that a machine has set.
    expect(failing.err).toMatch(/(?:^|\n)filmless: .+\n$/);
  });

  it.each([
    [['serve', '--htp-port', '1'], 'There is no option --htp-port; did you mean --http-port?'],
    [['serve', '--role', 'router'], 'delivers to one archive'],
    [['destroy'], 'There is no command "destroy"'],
    [['config'], 'There is no command "config"'],
    [['config', 'apply'], 'names no facilities, aes, deidentification, destinations or rules'],
    [['reset-admin'], 'There are no accounts in'],
  ])('refuses %j', async (words, message) => {
    const { code, out, err } = await run(words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('leaves nothing behind when it refuses its options', async () => {
    await run(['serve', '--http-port', 'x']);
    expect(await readdir(folder)).toEqual([]);
  });

  it('tells its version and its options', async () => {
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await run(['serve', '--help']);
    expect(help.code).toBe(0);
    expect(help.out).toContain('--dicom-port N');
  });

  it('gives the administrator a new link beside the running server', async () => {
    await using product = await startProduct();
    const reset = await run(['reset-admin', '--data', product.data]);
    expect(reset.code).toBe(0);
    const token = /token=(\S+)/.exec(reset.out)?.[1] ?? '';
    const password = 'mưa rào chiều thứ bảy';
    const send = (path: string, body: object) =>
      fetch(new URL(path, product.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await send('/api/setup', { token, password })).status).toBe(204);
    expect((await send('/api/session', { username: 'admin', password: ADMIN_PASSWORD })).status).toBe(401);
    expect((await send('/api/session', { username: 'admin', password })).status).toBe(204);
  });

  it('takes the file’s facilities and AEs at first, and again when told', async () => {
    const data = join(folder, 'data');
    const file = (name: string, port: number) =>
      `facilities: [{ id: main, name: ${name} }]\naes:\n  - { title: CT01, host: 10.0.0.11, port: ${port}, may: [store] }\n`;
    const config = join(folder, 'new.yaml');
    const look = async () => {
      await using product = await startProduct({ data, config: file('Khoa Nội', 104) });
      const facilities = (await (await product.fetch('/api/facilities')).json()) as { readonly facilities: object[] };
      return [facilities.facilities, await (await product.fetch('/api/aes')).text()] as const;
    };
    const [facilities, aes] = await look();
    expect(facilities).toEqual([{ id: 'main', name: 'Khoa Nội', patientIdIssuer: 'MAIN' }]);
    expect(aes).toContain('"port":104');
    await writeFile(config, file('Khoa Ngoại', 4242));
    const applied = await run(['config', 'apply', '--data', data, '--config', config]);
    expect([applied.code, applied.out]).toEqual([
      0,
      'Applied: facilities main; AEs CT01; de-identification profiles unchanged; destinations unchanged; rules unchanged.\n',
    ]);
    const [changed, changedAes] = await look();
    expect(changed).toEqual([{ id: 'main', name: 'Khoa Ngoại', patientIdIssuer: 'MAIN' }]);
    expect(changedAes).toContain('"port":4242');
  });

  it('makes the index again from the objects', async () => {
    const data = join(folder, 'data');
    const studies = async (token: string) => {
      await using product = await startProduct({ data });
      if (token === 'store') {
        await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(await sampleFile()) });
      }
      const { studies: list } = (await (await product.fetch('/api/studies')).json()) as { readonly studies: readonly object[] };
      return list;
    };
    const before = await studies('store');
    expect(before).toHaveLength(1);
    await rm(join(data, 'index'), { recursive: true });
    const rebuilt = await run(['rebuild', '--data', data]);
    expect([rebuilt.code, rebuilt.out]).toEqual([
      0,
      'The index was made again: 1 instances, 0 objects that could not be read.\n',
    ]);
    expect(await readdir(join(data, 'index'))).toEqual(['index.db']);
    expect(await studies('look')).toEqual(before);
  });

  it('sends itself the sample studies by C-STORE, ends in their midst, and sends none to an archive that has some', async () => {
    const data = join(folder, 'data');
    const studies = async (product: Product) => {
      const page = (await (await product.fetch('/api/studies')).json()) as {
        readonly studies: readonly { readonly patient: { readonly name: string }; readonly verified: boolean }[];
      };
      return page.studies;
    };
    {
      await using product = await startProduct({ data, args: ['--demo'] });
      await expect.poll(() => studies(product).then(({ length }) => length), { timeout: 60_000 }).toBeGreaterThan(0);
      expect(await product.stop()).toBe(0);
    }
    await using again = await startProduct({ data, args: ['--demo'] });
    await expect.poll(() => again.log(), { timeout: 20_000 }).toContain('holds studies already');
    expect((await studies(again))[0]).toMatchObject({ patient: { name: 'Nguyễn Văn An' }, verified: false });
  });

  it('loses nothing it acknowledged when it is killed', async () => {
    const data = join(folder, 'data');
    {
      await using product = await startProduct({ data });
      const stored = await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(await sampleFile()) });
      expect(stored.status).toBe(200);
      product.process.kill('SIGKILL');
      await exit(product.process);
    }
    await using again = await startProduct({ data });
    const { studies } = (await (await again.fetch('/api/studies')).json()) as { readonly studies: readonly object[] };
    expect(studies).toHaveLength(1);
    expect(
      (await fetch(new URL('/api/session', again.url), { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })).status,
    ).toBe(200);
  });
});
