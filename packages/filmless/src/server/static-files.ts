import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { SERVER_LIMITS } from '../limits.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const COMPRESSIBLE: ReadonlySet<string> = new Set([
  '.css',
  '.html',
  '.js',
  '.json',
  '.map',
  '.mjs',
  '.svg',
  '.txt',
  '.wasm',
  '.webmanifest',
]);

/** A name with a hash of its content never changes what it holds. */
const HASHED = /^\/assets\/.+-[\w-]{8,}\.\w+$/;

const ENCODINGS = ['br', 'gzip'] as const;
type Encoding = (typeof ENCODINGS)[number];

const SUFFIX: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };

/** Level 5: nearly the size of the best, at a fiftieth of the time. */
const compressors: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 6 }),
};

interface StaticFile {
  readonly path: string;
  readonly extension: string;
  readonly hashed: boolean;
  readonly compressible: boolean;
  readonly precompressed: ReadonlySet<Encoding>;
}

export interface StaticRequest {
  readonly pathname: string;
  readonly acceptEncoding: string;
  readonly ifNoneMatch: string | undefined;
}

/**
 * The built viewer. Only files found at the start are served, by the name they were found under, so that no path can lead
 * out of the folder.
 */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;
  /** Compressed forms, made once each; bounded by the number and size of the files. */
  readonly #compressed = new Map<string, Promise<Buffer>>();
  readonly #etags = new Map<string, string>();

  private constructor(files: ReadonlyMap<string, StaticFile>) {
    this.#files = files;
  }

  /** No files when the folder is not there. */
  static async open(folder: string): Promise<StaticFiles> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const all = new Set(paths);
    const originals = paths.filter(
      (path) => !ENCODINGS.some((encoding) => path.endsWith(SUFFIX[encoding]) && all.has(path.slice(0, -3))),
    );
    const files = new Map<string, StaticFile>();
    for (const path of originals) {
      const name = `/${relative(folder, path).split(sep).join('/')}`;
      const extension = extname(path);
      const { size } = await stat(path);
      files.set(name, {
        path,
        extension,
        hashed: HASHED.test(name),
        compressible: COMPRESSIBLE.has(extension) && size <= SERVER_LIMITS.compressFile,
        precompressed: new Set(ENCODINGS.filter((encoding) => all.has(path + SUFFIX[encoding]))),
      });
    }
    return new StaticFiles(files);
  }

  get isEmpty(): boolean {
    return !this.#files.has('/index.html');
  }

  /** Undefined: no such file. */
  async answer(request: StaticRequest): Promise<Response | undefined> {
    const file = this.#files.get(request.pathname);
    if (file === undefined) {
      return undefined;
    }
    const encoding = file.compressible ? chosenEncoding(request.acceptEncoding) : undefined;
    const bytes = await this.#bytes(file, encoding);
    const etag = this.#etag(file, encoding, bytes);
    const headers = new Headers({
      'content-type': TYPES[file.extension] ?? 'application/octet-stream',
      // The page itself is asked for again each time, so that a new version is seen at once.
      'cache-control': file.hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      etag,
    });
    if (encoding !== undefined) {
      headers.set('content-encoding', encoding);
    }
    if (request.ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) === true) {
      return new Response(null, { status: 304, headers });
    }
    headers.set('content-length', String(bytes.byteLength));
    return new Response(new Uint8Array(bytes), { headers });
  }

  #etag(file: StaticFile, encoding: Encoding | undefined, bytes: Buffer): string {
    const key = `${file.path} ${encoding}`;
    const etag = this.#etags.get(key) ?? `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    this.#etags.set(key, etag);
    return etag;
  }

  async #bytes(file: StaticFile, encoding: Encoding | undefined): Promise<Buffer> {
    if (encoding === undefined) {
      return await readFile(file.path);
    }
    if (file.precompressed.has(encoding)) {
      return await readFile(file.path + SUFFIX[encoding]);
    }
    const key = file.path + SUFFIX[encoding];
    const made = this.#compressed.get(key) ?? compress(file.path, encoding);
    this.#compressed.set(key, made);
    made.catch(() => this.#compressed.delete(key));
    return await made;
  }
}

async function compress(path: string, encoding: Encoding): Promise<Buffer> {
  return await compressors[encoding](await readFile(path));
}

/** `br` where it is taken, else `gzip`; `;q=0` refuses. RFC 9110 12.5.3. */
function chosenEncoding(accept: string): Encoding | undefined {
  const taken = new Set(
    accept
      .toLowerCase()
      .split(',')
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => (part.split(';')[0] ?? '').trim()),
  );
  return ENCODINGS.find((encoding) => taken.has(encoding));
}
