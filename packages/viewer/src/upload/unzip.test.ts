import { type Zippable, zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { unzip, ZIP_LIMITS, type ZipEntry, type ZipError, type ZipLimits } from './unzip.ts';

const archive = (files: Zippable): Blob => new Blob([zipSync(files).slice()]);

async function read(zip: Blob, limits?: Partial<ZipLimits>): Promise<readonly ZipEntry[]> {
  const entries: ZipEntry[] = [];
  for await (const entry of unzip(zip, { ...ZIP_LIMITS, ...limits })) {
    entries.push(entry);
  }
  return entries;
}

async function contents(entries: readonly ZipEntry[]): Promise<Readonly<Record<string, number | undefined>>> {
  return Object.fromEntries(entries.map(({ name, content }) => [name, content?.size]));
}

/** Bytes that hardly pack. */
const noise = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, index) => Math.imul(index ^ (index >>> 7), 2_654_435_761) >>> 17);

it('unpacks packed, stored and empty files, in folders', async () => {
  const zip = archive({
    'a/one.dcm': noise(200_000),
    'a/b/two.dcm': [noise(70_000), { level: 0 }],
    'empty.dcm': new Uint8Array(),
  });
  const entries = await read(zip);
  expect(await contents(entries)).toEqual({ 'a/one.dcm': 200_000, 'a/b/two.dcm': 70_000, 'empty.dcm': 0 });
  const one = entries.find(({ name }) => name === 'a/one.dcm')?.content;
  expect(new Uint8Array((await one?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(noise(200_000));
});

it('gives the entries so far before it reads on', async () => {
  const zip = archive({ 'a.dcm': noise(10), 'b.dcm': noise(400_000) });
  const entries = unzip(zip);
  expect((await entries.next()).value?.name).toBe('a.dcm');
  await entries.return(undefined);
});

it('leaves out the content of a file that is too large, and goes on', async () => {
  const zip = archive({ 'big.dcm': new Uint8Array(300_000), 'small.dcm': noise(10) });
  expect(await contents(await read(zip, { maxEntryBytes: 100_000 }))).toEqual({ 'big.dcm': undefined, 'small.dcm': 10 });
});

it.each([
  [
    'more bytes than may be unpacked',
    archive({ 'zeros.dcm': new Uint8Array(5_000_000) }),
    { maxTotalBytes: 1_000_000 },
    'too-large',
  ],
  ['more files than may be', archive({ a: noise(1), b: noise(1), c: noise(1) }), { maxEntries: 2 }, 'too-large'],
  ['its end cut off', archive({ 'a.dcm': noise(300_000) }).slice(0, 60_000), {}, 'broken'],
  ['nothing of an archive but its first letters', new Blob(['PK\x03\x04']), {}, 'broken'],
] as const)('stops at an archive with %s', async (_, zip, limits, code) => {
  await expect(read(zip, limits)).rejects.toThrow(
    expect.objectContaining({ name: 'ZipError', code } satisfies Partial<ZipError>),
  );
});
