import { expect, it } from 'vitest';
import { run } from '../support/run.ts';

it('a peer that ends without reading what it is given is told by its exit code', async () => {
  // More than a pipe holds: without a listener, its breaking would be an unhandled error of the whole run.
  const ran = await run(process.execPath, ['-e', 'process.stdin.destroy(); process.exit(3)'], { input: 'x'.repeat(8_000_000) });
  expect(ran).toEqual({ code: 3, stdout: '', stderr: '' });
});
