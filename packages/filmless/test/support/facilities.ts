import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '@filmless/access';
import { loadConfig } from '../../src/config/load.ts';
import { createFilmless, type Filmless } from '../../src/index.ts';
import { ROOT } from './product.ts';

const ADMIN_TOKEN = 'a-token-for-scripts-0123456789';
const SAMPLE = join(ROOT, 'fixtures', 'files', 'modality', 'ct', 'CT_small.dcm');
const SITE = [
  'facilities:',
  '  - { id: main, name: Bệnh viện Đa khoa Sa Đéc, patientIdIssuer: SADEC }',
  '  - { id: clinic, name: Phòng khám Lấp Vò, patientIdIssuer: LAPVO }',
  '  - { id: third, name: Trạm y tế Tân Mỹ, patientIdIssuer: TANMY }',
].join('\n');

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** UIDs and the id of the one study that a test looks for from elsewhere. */
export interface Sample {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly patientId: string;
}

/** A whole Filmless with three facilities, asked without a network. */
export class Facilities implements AsyncDisposable {
  readonly filmless: Filmless;
  readonly #folder: string;

  private constructor(filmless: Filmless, folder: string) {
    this.filmless = filmless;
    this.#folder = folder;
  }

  static async start(): Promise<Facilities> {
    const folder = await mkdtemp(join(tmpdir(), 'filmless-facilities-'));
    await writeFile(join(folder, 'filmless.yaml'), SITE);
    const config = loadConfig({
      arguments: ['--http-port=0', '--dicom-port=0'],
      environment: { FILMLESS_ADMIN_TOKEN: ADMIN_TOKEN },
      workingDirectory: folder,
    });
    return new Facilities(await createFilmless({ config, log: silent }), folder);
  }

  async call(method: string, path: string, token?: string, body?: RequestInit): Promise<Response> {
    const headers = new Headers({ host: 'localhost', ...(body?.headers as Record<string, string> | undefined) });
    if (token !== undefined) {
      headers.set('authorization', `Bearer ${token}`);
    }
    const request = new Request(`http://localhost${path}`, { ...body, method, headers });
    return await this.filmless.app.fetch(request, { remoteAddress: '10.0.0.7', secure: false });
  }

  async token(name: string, rights: readonly string[], facilities: 'all' | readonly string[]): Promise<string> {
    const body = json({ name, rights, facilities });
    const response = await this.call('POST', '/api/tokens', ADMIN_TOKEN, body);
    const made = (await response.json()) as { readonly token?: string };
    if (made.token === undefined) {
      throw new Error(`no token: ${response.status} ${JSON.stringify(made)}`);
    }
    return made.token;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.filmless[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true });
  }
}

export function json(value: unknown): RequestInit {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

export async function sampleFile(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(SAMPLE));
}

/** One Part 10 file as the body of a STOW request. PS3.18 10.5.2. */
export function stow(file: Uint8Array): RequestInit {
  const boundary = 'filmless-test';
  const head = `--${boundary}\r\ncontent-type: application/dicom\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { headers: { 'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}` }, body };
}
