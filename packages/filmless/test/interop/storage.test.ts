// needs: dcmtk, python
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesSource, inspectObject } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  completeFiles,
  dataSetOf,
  fetchInstance,
  incompleteFiles,
  type SampleFile,
  sampleFiles,
  withoutTwins,
} from '../support/objects.ts';
import { type Product, startProduct } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';
import { type StoreScp, startStoreScp } from '../support/storescp.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const PDU_SIZES = [4096, 16_384, 131_072, 1_048_576];

interface Sent {
  readonly path: string;
  readonly status: number | string;
}

/** Success, and success with the warning that the command named another instance than the data set. PS3.4 B.2.3. */
const KEPT: ReadonlySet<number | string> = new Set([0x0000, 0xb007]);

/** The sender itself could not read the file or would not send it. */
const wasNotSent = ({ status }: Sent) => typeof status === 'string';

async function sendWithPynetdicom(product: Product, files: readonly SampleFile[], pdu: number): Promise<readonly Sent[]> {
  const job = { host: '127.0.0.1', port: product.dicomPort, ae: product.aeTitle, pdu, files: files.map(({ path }) => path) };
  const ran = await run(PYTHON, [join(HERE, 'python', 'store_files.py')], { input: JSON.stringify(job), timeoutMs: 240_000 });
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout) as readonly Sent[];
}

/** Files that did not come back with the bytes they should have, each with what came instead. */
async function differences(product: Product, files: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of files) {
    const sent = new Uint8Array(await readFile(path));
    const object = await inspectObject(bytesSource(sent));
    const back = await fetchInstance(product, object.studyInstanceUid, object.seriesInstanceUid, object.sopInstanceUid);
    if (typeof back === 'number') {
      found.push(`${path}: ${back}`);
    } else if (Buffer.compare(dataSetOf(back), dataSetOf(sent)) !== 0) {
      found.push(`${path}: other bytes`);
    }
  }
  return found;
}

describe('C-STORE from pynetdicom', () => {
  it.each(PDU_SIZES)(
    'brings back every file with the bytes it was sent, at a PDU size of %i',
    { timeout: 600_000 },
    async (pdu) => {
      const all = await sampleFiles();
      // The largest and the smallest size see every file; between them the transfer syntaxes are enough.
      const files = pdu === PDU_SIZES[0] || pdu === PDU_SIZES.at(-1) ? all : onePerSyntax(await completeFiles());
      const mayBeRefused = await incompleteFiles(files.map(({ path }) => path));
      let kept = 0;
      for (const round of withoutTwins(files)) {
        await using product = await startProduct();
        const sent = await sendWithPynetdicom(product, round, pdu);
        const stored = sent.filter(({ status }) => KEPT.has(status)).map(({ path }) => path);
        const refused = sent.filter((file) => !wasNotSent(file) && !KEPT.has(file.status)).map(({ path }) => path);
        expect(refused.filter((path) => !mayBeRefused.has(path))).toEqual([]);
        expect(await differences(product, stored)).toEqual([]);
        kept += stored.length;
      }
      // A few more the sender itself cannot read or will not send.
      expect(kept).toBeGreaterThan((files.length - mayBeRefused.size) * 0.9);
    },
  );
});

function onePerSyntax(files: readonly SampleFile[]): readonly SampleFile[] {
  return [...new Map(files.map((file) => [file.transferSyntaxUid, file])).values()];
}

/** The option that makes DCMTK's storescu propose a syntax. */
const DCMTK_PROPOSAL: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2': '-xi',
  '1.2.840.10008.1.2.1': '-xe',
  '1.2.840.10008.1.2.2': '-xb',
  '1.2.840.10008.1.2.1.99': '-xd',
  '1.2.840.10008.1.2.5': '-xr',
  '1.2.840.10008.1.2.4.50': '-xy',
  '1.2.840.10008.1.2.4.51': '-xx',
  '1.2.840.10008.1.2.4.70': '-xs',
  '1.2.840.10008.1.2.4.80': '-xt',
  '1.2.840.10008.1.2.4.81': '-xu',
  '1.2.840.10008.1.2.4.90': '-xv',
  '1.2.840.10008.1.2.4.91': '-xw',
};

describe('C-STORE from DCMTK', () => {
  let reference: StoreScp;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-storescp-'));
    reference = await startStoreScp(folder);
  });
  afterAll(async () => {
    await reference[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** DCMTK encodes a data set anew before it sends it, so a bit-preserving storescp of its own says what went over the line. */
  it.each([4096, 16_384, 131_072])(
    'keeps the bytes that came over the line, at a PDU size of %i',
    { timeout: 600_000 },
    async (pdu) => {
      const files = (await completeFiles()).filter(({ transferSyntaxUid }) => transferSyntaxUid in DCMTK_PROPOSAL);
      const chosen = pdu === 131_072 ? files : onePerSyntax(files);
      let compared = 0;
      for (const round of withoutTwins(chosen)) {
        await using product = await startProduct();
        await rm(folder, { recursive: true });
        await mkdir(folder);
        for (const [syntax, option] of Object.entries(DCMTK_PROPOSAL)) {
          const paths = round.filter(({ transferSyntaxUid }) => transferSyntaxUid === syntax).map(({ path }) => path);
          if (paths.length > 0) {
            const args = ['-aec', 'ANY', option, '-nh', '-R', '--max-send-pdu', String(pdu), '127.0.0.1'];
            await run('/usr/bin/storescu', [...args, String(reference.port), ...paths]);
            await run('/usr/bin/storescu', ['-aec', product.aeTitle, ...args.slice(2), String(product.dicomPort), ...paths]);
          }
        }
        const overTheLine = (await readdir(folder)).map((name) => join(folder, name));
        const incomplete = await incompleteFiles(overTheLine);
        const received = overTheLine.filter((path) => !incomplete.has(path));
        expect(await differences(product, received)).toEqual([]);
        compared += received.length;
      }
      expect(compared).toBeGreaterThan(chosen.length * 0.9);
    },
  );
});
