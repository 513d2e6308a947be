import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '@filmless/dicom';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Envelope } from './envelope.ts';
import { type DecodedFooter, encodeFooter, type Member, readFooter } from './footer.ts';

const KEY = 'r1abc/0000/0123456789abcdef0123456789abcdef.dcm';

function envelopeOf(size: number, more: Partial<Envelope> = {}): Envelope {
  return {
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.1',
    sopInstanceUid: '1.2.3.1.1',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    sha256: 'ab'.repeat(32),
    size,
    dataSetOffset: 300,
    receivedAt: '2026-03-01T08:00:00.000Z',
    source: { kind: 'dimse', callingAe: 'CT01', address: '10.0.0.11', facility: 'bệnh viện', verified: true },
    ...more,
  };
}

const one = (size: number, more: Partial<Envelope> = {}): readonly Member[] => [{ offset: 0, envelope: envelopeOf(size, more) }];

const footerOf = (file: Uint8Array, key = KEY): Promise<DecodedFooter> =>
  readFooter((offset, length) => Promise.resolve(file.subarray(offset, offset + length)), file.byteLength, key);

const fileOf = (content: Uint8Array, key = KEY, more: Partial<Envelope> = {}) =>
  Buffer.concat([content, encodeFooter(key, one(content.byteLength, more))]);

const texts = fc.string({ unit: 'binary', maxLength: 64 });
const syntaxes = fc.constantFrom(EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN, '1.2.3.private');

describe('the footer of an object', () => {
  it('gives back what is known of the object, whatever stands before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 9000 }), texts, syntaxes, async (content, user, transferSyntaxUid) => {
        const source = { kind: 'stow', address: '::1', user, facility: user } as unknown as Envelope['source'];
        const more = { transferSyntaxUid, source };
        const file = fileOf(content, KEY, more);
        expect(await footerOf(file)).toEqual({ members: one(content.byteLength, more) });
        expect((file.byteLength - content.byteLength) % 2).toBe(0);
      }),
    );
  });

  it('makes the length of the file a multiple, where its element can be of an even length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 9000 }), texts, syntaxes, async (content, user, transferSyntaxUid) => {
        const source = { kind: 'stow', address: '::1', user, facility: 'A' } as unknown as Envelope['source'];
        const members = one(content.byteLength, { transferSyntaxUid, source });
        const footer = encodeFooter(KEY, members, 4096);
        const file = Buffer.concat([content, footer]);
        expect(await footerOf(file)).toEqual({ members });
        expect(footer.byteLength % 2).toBe(0);
        expect(content.byteLength % 2 === 0 ? file.byteLength % 4096 : 0).toBe(0);
        expect(footer.byteLength).toBeLessThan(encodeFooter(KEY, members).byteLength + 4096);
      }),
    );
  });

  it('lists all members of a pack, also when it is longer than what is read at first', async () => {
    const members = Array.from({ length: 256 }, (_, index) => ({ offset: index * 10, envelope: envelopeOf(10) }));
    const pack = Buffer.concat([Buffer.alloc(2560), encodeFooter(KEY, members)]);
    expect(await footerOf(pack)).toEqual({ members });
  });

  it('is an element of the transfer syntax that ends with the file', () => {
    const header = (transferSyntaxUid: string) => {
      const footer = Buffer.from(encodeFooter(KEY, one(4, { transferSyntaxUid })));
      return { footer, hex: footer.subarray(0, 8).toString('hex') };
    };
    const implicit = header(IMPLICIT_VR_LITTLE_ENDIAN);
    expect(implicit.hex.slice(0, 8)).toBe('fcfffcff');
    expect(implicit.footer.readUInt32LE(4)).toBe(implicit.footer.byteLength - 8);
    const little = header(EXPLICIT_VR_LITTLE_ENDIAN);
    expect(little.hex).toBe('fcfffcff4f420000');
    expect(little.footer.readUInt32LE(8)).toBe(little.footer.byteLength - 12);
    const big = header(EXPLICIT_VR_BIG_ENDIAN);
    expect(big.hex).toBe('fffcfffc4f420000');
    expect(big.footer.readUInt32BE(8)).toBe(big.footer.byteLength - 12);
  });

  it('is torn wherever the file ends before its end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(), async (content, until) => {
        const file = fileOf(content);
        const cut = file.subarray(0, until % file.byteLength);
        expect(await footerOf(cut)).toMatchObject({ broken: 'torn' });
      }),
    );
  });

  it('is torn where a part of it was never written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), fc.nat(), fc.nat(), async (content, from, length) => {
        const whole = fileOf(content);
        const file = Buffer.from(whole);
        const start = content.byteLength + 12;
        const at = start + (from % (file.byteLength - start));
        file.fill(0, at, Math.min(at + 1 + length, file.byteLength));
        fc.pre(!file.equals(whole));
        expect(await footerOf(file)).toMatchObject({ broken: 'torn' });
      }),
    );
  });

  it('of another file, which a sender sent along, is never taken for its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 3 }), async (content, behind) => {
        const sent = Buffer.concat([fileOf(content, KEY.replace('0123', '4567')), behind]);
        expect(await footerOf(sent)).toMatchObject({ broken: 'torn' });
        expect(await footerOf(fileOf(sent))).toEqual({ members: one(sent.byteLength) });
      }),
    );
  });

  it('is never found in arbitrary bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, magic) => {
        const file = magic ? Buffer.concat([bytes, Buffer.from('Filmless')]) : bytes;
        expect(await footerOf(file)).toMatchObject({ broken: 'torn' });
      }),
    );
  });

  it('of a later version, or with other sizes, is not understood, and says why', async () => {
    const wrong = Buffer.concat([Buffer.alloc(30), encodeFooter(KEY, one(40))]);
    expect(await footerOf(wrong)).toEqual({ broken: 'unknown', reason: 'its sizes are not those of the file' });
    const gap = [...one(10), { offset: 20, envelope: envelopeOf(10) }];
    expect(await footerOf(Buffer.concat([Buffer.alloc(30), encodeFooter(KEY, gap)]))).toMatchObject({ broken: 'unknown' });
    const partial = { offset: 0, envelope: { ...envelopeOf(30), sha256: undefined } as unknown as Envelope };
    const missing = await footerOf(Buffer.concat([Buffer.alloc(30), encodeFooter(KEY, [partial])]));
    expect(missing).toEqual({ broken: 'unknown', reason: 'the envelope cannot be used: fields are missing' });
  });
});
