import { crc32, deflateSync } from 'node:zlib';
import { u16be, u32be } from '../byte-order.ts';
import { CODED_PARTS } from './coded-parts.ts';
import type { Place } from './stowed.ts';
import { REFUSED, type WebCase } from './web-attack.ts';

/** A chunk of a PNG file. W3C PNG 5.3. */
function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  return Buffer.concat([u32be(content.byteLength), named, u32be(crc32(named))]);
}

function png(width: number, height: number, data: Buffer): Buffer {
  const header = Buffer.concat([u32be(width), u32be(height), Buffer.from([8, 0, 0, 0, 0])]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

const EMPTY = deflateSync(Buffer.alloc(10));

const FILES: Readonly<Record<string, () => Buffer>> = {
  'a PNG of 2^31 - 1 each way': () => png(0x7fff_ffff, 0x7fff_ffff, EMPTY),
  'a PNG of 60,000 each way that holds 10 pixels': () => png(60_000, 60_000, EMPTY),
  'a PNG of 20,000 each way in 400 kB': () => png(20_000, 20_000, deflateSync(Buffer.alloc(20_001 * 20_000))),
  'a PNG of no width': () => png(0, 100, EMPTY),
  'a PNG that ends in its header': () => png(100, 100, EMPTY).subarray(0, 40),
  'a GIF of 65,535 each way': () => Buffer.concat([Buffer.from('GIF89a'), u16be(0xffff), u16be(0xffff), Buffer.alloc(20)]),
  'an SVG that reads a file': () =>
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
  'a ZIP whose names leave it': () =>
    Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26), Buffer.from('../../etc/passwd')]),
  'nothing that anybody knows': () => Buffer.alloc(100_000, 7),
};

/** Documents and pictures into a study. */
export function documentCases({ study }: Place): readonly WebCase[] {
  const path = `/api/studies/${study}/documents`;
  const given = (name: string, bytes: () => Buffer, answers: readonly number[]): WebCase => ({
    name: `${name}, as a document`,
    question: () => ({
      method: 'POST',
      path: `${path}?title=x`,
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes(),
    }),
    answers,
  });
  const titled = (title: string): WebCase => ({
    name: `a document called ${title.slice(0, 20)}`,
    question: () => ({ method: 'POST', path: `${path}?title=${title}`, body: Buffer.from('%PDF-1.4') }),
    answers: REFUSED,
  });
  const refused = [...REFUSED, 406, 415];
  return [
    ...Object.entries(FILES).map(([name, bytes]) => given(name, bytes, refused)),
    ...CODED_PARTS.map(({ name, bytes }) => given(name, bytes, name.includes('PDF') ? [201] : [201, ...refused])),
    titled('x'.repeat(8000)),
    titled('%00'),
    titled('a%0d%0ab'),
    titled(''),
  ];
}
