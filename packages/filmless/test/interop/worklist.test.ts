// needs: python
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstText, parseDicomJson } from '@filmless/dicom';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_TOKEN, type Product, startProduct } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';

const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), 'python', 'worklist.py');

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => {
  await product[Symbol.asyncDispose]();
});

it('pydicom writes a step of work and reads it, from its making to its end, and the step outlives the server', async () => {
  const setup = { url: product.url, token: ADMIN_TOKEN, root: '', state: '' };
  const ran = await run(PYTHON, [SCRIPT, JSON.stringify(setup)], { timeoutMs: 60_000 });
  expect(ran.code, ran.stderr.slice(-4000)).toBe(0);
  const { checked, failures, uid } = JSON.parse(ran.stdout) as {
    readonly checked: Readonly<Record<string, number>>;
    readonly failures: readonly string[];
    readonly uid: string;
  };
  expect(failures).toEqual([]);
  expect(checked.elements).toBeGreaterThan(60);
  const ended = new Promise((resolve) => product.process.once('exit', resolve));
  product.process.kill('SIGKILL');
  await ended;
  await using again = await startProduct({ data: product.data });
  const kept = parseDicomJson(await (await again.fetch(`/dicom-web/workitems/${uid}`)).json());
  expect(firstText(kept, '00741000')).toBe('COMPLETED');
});
