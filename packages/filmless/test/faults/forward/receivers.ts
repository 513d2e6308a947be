import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileMeta } from '@filmless/dicom';
import { type Product, startProduct } from '../../support/product.ts';
import { freePort, listening } from '../../support/storescp.ts';
import { listedInstances } from '../listing.ts';

/** Something at the other end of a line that keeps what it gets over its own end, however that comes. */
export interface Receiver extends AsyncDisposable {
  /** Starts, or starts again; gives the port it listens on. */
  start(): Promise<number>;
  /** By SIGKILL. */
  kill(): Promise<void>;
  /** The destination at the sender, where the receiver is behind a port. */
  destination(port: number): Promise<object>;
  /** SOP Instance UIDs of what it has, each as often as it has it. */
  instances(): Promise<readonly string[]>;
  /** All it has, as it keeps it, one after the other. */
  files(): AsyncIterable<KeptFile>;
  /** What lies about that should not, in words. */
  leftovers(): Promise<readonly string[]>;
}

/** A Part 10 file that a receiver keeps. */
export interface KeptFile {
  readonly sop: string;
  readonly file: Uint8Array;
}

export type ReceiverKind = 'filmless' | 'orthanc-stow' | 'orthanc-dimse' | 'storescp';

/** It keeps all it has below `within`. */
export async function makeReceiver(kind: ReceiverKind, within: string = tmpdir()): Promise<Receiver> {
  const folder = await mkdtemp(join(within, `filmless-receiver-${kind}-`));
  switch (kind) {
    case 'filmless':
      return new FilmlessReceiver(folder);
    case 'orthanc-stow':
    case 'orthanc-dimse':
      return new OrthancReceiver(folder, kind === 'orthanc-stow');
    case 'storescp':
      return new StoreScpReceiver(folder);
  }
}

/** Another Filmless, which gave this site a key. */
class FilmlessReceiver implements Receiver {
  readonly #folder: string;
  #product: Product | undefined;
  #token: string | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(): Promise<number> {
    this.#product = await startProduct({ data: join(this.#folder, 'data') });
    return Number(new URL(this.#product.url).port);
  }

  async kill(): Promise<void> {
    await killed(this.#running.process);
  }

  async destination(port: number): Promise<object> {
    this.#token ??= await this.#key();
    const basis = { basis: 'referral', evidence: 'thoả thuận hội chẩn' };
    return { kind: 'filmless', url: `http://127.0.0.1:${port}`, token: this.#token, site: 'BVĐK tỉnh', basis };
  }

  async instances(): Promise<readonly string[]> {
    return (await listedInstances(this.#running)).map(({ sop }) => sop);
  }

  async *files(): AsyncGenerator<KeptFile> {
    for (const { study, series, sop } of await listedInstances(this.#running)) {
      const path = `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;
      const response = await this.#running.fetch(path, { headers: { accept: 'application/dicom; transfer-syntax=*' } });
      yield { sop, file: await response.bytes() };
    }
  }

  async leftovers(): Promise<readonly string[]> {
    const below = async (name: string) => await readdir(join(this.#folder, 'data', name));
    return [...(await below('uploads')).filter((name) => name.endsWith('.part')), ...(await below('incoming'))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#product?.[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #running(): Product {
    if (this.#product === undefined) {
      throw new Error('the receiver was never started');
    }
    return this.#product;
  }

  async #key(): Promise<string> {
    const response = await this.#running.fetch('/api/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'BV Sa Đéc', rights: ['upload'], facilities: ['main'] }),
    });
    const { token } = (await response.json()) as { readonly token: string };
    return token;
  }
}

/** A program that is started again on the same folder. */
abstract class ProgramReceiver {
  protected readonly folder: string;
  #child: ReturnType<typeof spawn> | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  async kill(): Promise<void> {
    if (this.#child !== undefined) {
      await killed(this.#child);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  protected run(program: string, args: readonly string[]): void {
    this.#child = spawn(program, args, { cwd: this.folder, stdio: 'ignore' });
  }
}

interface OrthancInstance {
  readonly ID: string;
  readonly MainDicomTags: { readonly SOPInstanceUID: string };
}

class OrthancReceiver extends ProgramReceiver implements Receiver {
  readonly #stow: boolean;
  #url = '';

  constructor(folder: string, stow: boolean) {
    super(folder);
    this.#stow = stow;
  }

  async start(): Promise<number> {
    const [httpPort, dicomPort] = [await freePort(), await freePort()];
    const config = {
      ...{ Name: 'peer', StorageDirectory: 'storage', IndexDirectory: 'index', HttpPort: httpPort, DicomPort: dicomPort },
      ...{ DicomAet: 'ORTHANC', RemoteAccessAllowed: false, AuthenticationEnabled: false, DicomAlwaysAllowStore: true },
      OverwriteInstances: true,
      Plugins: this.#stow ? ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so'] : [],
    };
    await writeFile(join(this.folder, 'orthanc.json'), JSON.stringify(config));
    this.run('/usr/sbin/Orthanc', ['orthanc.json']);
    await listening(httpPort);
    await listening(dicomPort);
    this.#url = `http://127.0.0.1:${httpPort}`;
    return this.#stow ? httpPort : dicomPort;
  }

  destination(port: number): Promise<object> {
    return Promise.resolve(
      this.#stow
        ? { kind: 'dicomweb', url: `http://127.0.0.1:${port}/dicom-web` }
        : { kind: 'dicom', aeTitle: 'ORTHANC', host: '127.0.0.1', port },
    );
  }

  async instances(): Promise<readonly string[]> {
    return (await this.#listed()).map(({ MainDicomTags }) => MainDicomTags.SOPInstanceUID);
  }

  async *files(): AsyncGenerator<KeptFile> {
    for (const { ID, MainDicomTags } of await this.#listed()) {
      const response = await fetch(`${this.#url}/instances/${ID}/file`);
      yield { sop: MainDicomTags.SOPInstanceUID, file: await response.bytes() };
    }
  }

  async #listed(): Promise<readonly OrthancInstance[]> {
    return (await (await fetch(`${this.#url}/instances?expand`)).json()) as readonly OrthancInstance[];
  }

  leftovers(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
}

class StoreScpReceiver extends ProgramReceiver implements Receiver {
  async start(): Promise<number> {
    const port = await freePort();
    await mkdir(join(this.folder, 'kept'), { recursive: true });
    const args = ['--bit-preserving', '--accept-all', '--promiscuous', '-pdu', '131072', '-od', 'kept', String(port)];
    this.run('/usr/bin/storescp', args);
    await listening(port);
    return port;
  }

  destination(port: number): Promise<object> {
    return Promise.resolve({ kind: 'dicom', aeTitle: 'STORESCP', host: '127.0.0.1', port });
  }

  async instances(): Promise<readonly string[]> {
    return (await Array.fromAsync(this.files())).map(({ sop }) => sop);
  }

  files(): AsyncIterable<KeptFile> {
    return keptFiles(join(this.folder, 'kept'));
  }

  leftovers(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
}

/** What DCMTK's receiver has written into a folder. */
export async function* keptFiles(folder: string): AsyncGenerator<KeptFile> {
  for (const name of await readdir(folder)) {
    const file = await readFile(join(folder, name));
    yield { sop: readFileMeta(file).meta.mediaStorageSopInstanceUid ?? '', file };
  }
}

/** Ends a process by SIGKILL. */
export async function killed(child: ReturnType<typeof spawn>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}
