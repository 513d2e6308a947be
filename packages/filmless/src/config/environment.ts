/** The one file that reads `process.env`. No import, so that it can run before anything uses the thread pool. */

/** Threads for files, argon2 and sharp: with libuv's four, a few sign-ins would hold up the fsync of images. */
const THREADS = '16';

/** Must run before the first asynchronous file access: libuv looks at the variable once. */
export function enlargeThreadPool(): void {
  process.env.UV_THREADPOOL_SIZE ??= THREADS;
}

export type Environment = Readonly<Record<string, string>>;

/** The product's own variables; an empty one counts as not set. */
export function environment(): Environment {
  const own = Object.entries(process.env).filter(
    ([name, value]) => name.startsWith('FILMLESS_') && value !== undefined && value !== '',
  );
  return Object.fromEntries(own.map(([name, value]) => [name, value ?? '']));
}
