import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access, AuditEvent, Facility, Right, Subject } from '@filmless/access';
import { formatContentType, newBoundary, parseContentType, readMultipart, writeMultipart } from '@filmless/dicom';
import type { Archive } from '../../src/archive.ts';
import type { ArchiveLimits } from '../../src/core/limits.ts';
import type { Transfers } from '../../src/core/receipts/transfers.ts';
import { createArchive } from '../../src/create-archive.ts';
import { silent } from './archive.ts';

const subject = (id: string, rights: readonly Right[], facilities: Subject['facilities']): Subject => ({
  kind: 'user',
  id,
  name: id,
  rights: new Set(rights),
  facilities,
});

/** Who may ask: named in the header `x-subject` of a test's request. */
const SUBJECTS: Readonly<Record<string, Subject>> = {
  admin: subject('admin', ['view', 'upload', 'edit', 'delete', 'share', 'administer'], 'all'),
  main: subject('main', ['view', 'upload', 'edit', 'share'], ['main']),
  branch: subject('branch', ['view', 'upload', 'edit', 'share'], ['branch']),
  reader: subject('reader', ['view'], ['main']),
  relay: { ...subject('relay', ['upload', 'relay'], 'all'), kind: 'token' },
  /** Main after they went to the branch, and when they may no more edit. */
  moved: subject('main', ['view', 'upload', 'edit'], ['branch']),
  demoted: subject('main', ['view', 'upload'], ['main']),
  unrelayed: { ...subject('relay', ['upload'], 'all'), kind: 'token' },
  nowhere: subject('nowhere', ['view', 'upload'], []),
};

const FACILITIES: readonly Facility[] = [
  { id: 'main', name: 'Bệnh viện Sa Đéc', patientIdIssuer: 'SADEC' },
  { id: 'branch', name: 'Phòng khám', patientIdIssuer: 'PK' },
];

type DoubleAccess = Pick<Access, 'guard' | 'whileHeld' | 'audit' | 'auditView' | 'facilities'>;

function doubleAccess(audited: AuditEvent[], viewed: string[]): DoubleAccess {
  return {
    guard: (right) => async (c, next) => {
      const who = SUBJECTS[c.req.header('x-subject') ?? ''];
      if (who === undefined) {
        return c.body(null, 401);
      }
      if (!who.rights.has(right)) {
        return c.body(null, 403);
      }
      c.set('subject', who);
      return next();
    },
    whileHeld: () => ({ [Symbol.dispose]: () => undefined }),
    audit: (event) => {
      audited.push(event);
      return Promise.resolve();
    },
    auditView: (by, study) => {
      viewed.push(`${by.id} ${study}`);
    },
    facilities: () => FACILITIES,
  };
}

export interface TestHttp extends AsyncDisposable {
  readonly folder: string;
  readonly audited: AuditEvent[];
  readonly viewed: string[];
  /** Asks as a subject; `path` may leave out `/dicom-web` when it begins with `/patients`, `/studies`, `/series` or `/instances`. */
  ask(path: string, init?: RequestInit & { readonly as?: string; readonly accept?: string }): Promise<Response>;
  /** The one that is open now. */
  readonly archive: Archive;
  /** Ends, and starts again over the same folder. */
  reopen(): Promise<void>;
  /** Stores files in one multipart request. */
  stow(files: readonly Uint8Array[], options?: StowOptions): Promise<Response>;
}

export interface StowOptions {
  readonly as?: string;
  readonly study?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An archive in a folder of its own behind its HTTP application, with people of two facilities. */
export async function openTestHttp(
  limits: Partial<ArchiveLimits> = {},
  transfers?: Transfers,
  store = 'file:',
): Promise<TestHttp> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-http-'));
  const audited: AuditEvent[] = [];
  const viewed: string[] = [];
  const access = doubleAccess(audited, viewed);
  const options = { dataDir: folder, store, index: 'sqlite:', access, log: silent, limits } as const;
  const open = () => createArchive({ ...options, transfers: () => transfers });
  let archive = await open();
  const ask: TestHttp['ask'] = async (path, { as = 'main', accept, ...init } = {}) => {
    const headers = new Headers(init.headers);
    headers.set('x-subject', as);
    if (accept !== undefined) {
      headers.set('accept', accept);
    }
    const url = `http://pacs.test${/^\/(patients|studies|series|instances)\b/.test(path) ? `/dicom-web${path}` : path}`;
    return archive.app.request(url, { ...init, headers }, { remoteAddress: '10.0.0.5', secure: false });
  };
  return {
    folder,
    audited,
    viewed,
    ask,
    get archive() {
      return archive;
    },
    reopen: async () => {
      await archive[Symbol.asyncDispose]();
      archive = await open();
    },
    stow: (files, { as = 'main', study, headers = {} } = {}) => {
      const boundary = newBoundary();
      const parts = files.map((body) => ({ headers: { 'content-type': 'application/dicom' }, body }));
      const contentType = formatContentType('multipart/related', { type: 'application/dicom', boundary });
      return ask(study === undefined ? '/studies' : `/studies/${study}`, {
        method: 'POST',
        as,
        headers: { ...headers, 'content-type': contentType },
        body: writeMultipart(parts, boundary),
        duplex: 'half',
      } as RequestInit);
    },
    [Symbol.asyncDispose]: async () => {
      await archive[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface ReadPart {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** The parts of a multipart answer. */
export async function partsOf(response: Response): Promise<readonly ReadPart[]> {
  const { type, parameters } = parseContentType(response.headers.get('content-type') ?? '');
  if (type !== 'multipart/related' || response.body === null) {
    throw new Error(`not multipart: ${response.status} ${type} ${await response.text()}`);
  }
  const parts: ReadPart[] = [];
  for await (const part of readMultipart(response.body, parameters.boundary ?? '')) {
    const bytes = Buffer.from(await new Response(part.body).arrayBuffer());
    parts.push({ headers: Object.fromEntries(part.headers), bytes });
  }
  return parts;
}
