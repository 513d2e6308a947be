import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Threads that tests start find their code compiled, as those of the server do (`packages/filmless/src/config/environment.ts`): half the
 * time of a start, and no WebAssembly of the compiler that strips types in each of them. V8 loses track of code pages when threads with
 * WebAssembly come and go by the thousand, and ends the process ("jit_page.has_value()", nodejs/node issue 64500).
 */
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/filmless', import.meta.url));

const project = (name: string, include: string[], timeout: number) => ({
  test: { name, include, testTimeout: timeout, hookTimeout: timeout, environment: 'node' },
});

/** `FILMLESS_HOSTILE=10`: ten times as much is tried, and takes so much longer. */
const HOSTILE_MS = 900_000 * Math.max(1, Number(process.env.FILMLESS_HOSTILE ?? 1));

export default defineConfig({
  test: {
    projects: [
      project('unit', ['packages/*/src/**/*.test.{ts,tsx}', 'fixtures/src/**/*.test.ts', 'scripts/**/*.test.ts'], 20_000),
      project('contract', ['packages/*/test/contract/**/*.test.ts'], 60_000),
      project('interop', ['packages/*/test/interop/**/*.test.ts'], 120_000),
      project('e2e', ['packages/*/test/e2e/**/*.test.ts'], 300_000),
      // One file at a time: they measure what a server under attack does to others.
      { test: { ...project('hostile', ['packages/*/test/hostile/**/*.test.ts'], HOSTILE_MS).test, fileParallelism: false } },
    ],
  },
});
