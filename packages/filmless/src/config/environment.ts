import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The one file that reads `process.env`. It imports nothing that uses the thread pool. */

/** Threads for files, argon2 and sharp: with libuv's four, a few sign-ins would hold up the fsync of images. */
const THREADS = '16';

/** Must run before the first asynchronous file access: libuv looks at the variable once. */
export function enlargeThreadPool(): void {
  process.env.UV_THREADPOOL_SIZE ??= THREADS;
}

const COMPILED = fileURLToPath(new URL('../../../../node_modules/.cache/filmless', import.meta.url));

/**
 * Keeps compiled code on disk, for the worker threads too: each would otherwise load the compiler that strips the types, 12 MB
 * of memory a thread. Beside the installation and not in a folder for temporary files, where others could put code of theirs.
 * Without the right to write there all works as before, with more memory.
 */
export function keepCompiledCode(): void {
  process.env.NODE_COMPILE_CACHE ??= COMPILED;
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

export type Environment = Readonly<Record<string, string>>;

/** The product's own variables; an empty one counts as not set. */
export function environment(): Environment {
  const own = Object.entries(process.env).filter(
    ([name, value]) => name.startsWith('FILMLESS_') && value !== undefined && value !== '',
  );
  return Object.fromEntries(own.map(([name, value]) => [name, value ?? '']));
}
