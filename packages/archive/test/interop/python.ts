import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Answer {
  readonly shape?: readonly number[];
  readonly error?: string;
}

/** Runs one of the reference scripts: requests go in as JSON, answers come out as JSON. */
export function askPython(script: string, requests: readonly object[]): readonly Answer[] {
  const path = fileURLToPath(new URL(`./python/${script}`, import.meta.url));
  const run = spawnSync(process.env.FILMLESS_PYTHON ?? 'python3', [path], {
    input: JSON.stringify(requests),
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status !== 0) {
    throw new Error(
      `python3 with pydicom, numpy, pylibjpeg and pillow is needed: ${run.error?.message ?? run.stderr.toString()}`,
    );
  }
  return JSON.parse(run.stdout.toString()) as readonly Answer[];
}
