import { createHash } from 'node:crypto';
import { DicomError } from '@filmless/dicom';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchiveError } from '../../src/core/errors.ts';
import { covers, parseAccept } from '../../src/http/accept.ts';
import { nativeXml } from '../../src/http/native-xml.ts';
import { parseSearch } from '../../src/http/qido/parse-query.ts';
import { frameForms } from '../../src/http/wado/media-types.ts';
import { parseRenderOptions, parseThumbnailOptions } from '../../src/http/wado/render-options.ts';
import { parseUriQuery } from '../../src/http/wado/wado-uri-query.ts';

/** `FILMLESS_SEED=` repeats what failed, `FILMLESS_HOSTILE=10` tries ten times as much. */
const runs = (count: number) => ({
  seed: createHash('sha256')
    .update(process.env.FILMLESS_SEED ?? 'hostile')
    .digest()
    .readInt32LE(),
  numRuns: count * Number(process.env.FILMLESS_HOSTILE ?? 1),
});

const any = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'0123456789-+.,^=\\ \0"*?;/%()ễ'), maxLength: 40 }),
);
const names = fc.oneof(
  fc.constantFrom('PatientName', 'StudyDate', 'limit', 'offset', 'includefield', 'fuzzymatching', '00081199.00081155', 'Rows'),
  fc.constantFrom('window', 'viewport', 'quality', '__proto__', 'PixelData', 'SelectorUVValue', 'AcquisitionDateTime'),
  any,
);
const query = fc.array(fc.tuple(names, any), { maxLength: 6 }).map((pairs) => new URLSearchParams(pairs));

function ownErrorsOnly(act: () => void): void {
  try {
    act();
  } catch (error) {
    expect(error instanceof ArchiveError || error instanceof DicomError, String(error)).toBe(true);
  }
}

describe('any request', () => {
  it('is a search with numbers that are numbers, or is refused in words', () => {
    fc.assert(
      fc.property(query, (given) => {
        ownErrorsOnly(() => {
          const { keys, limit = 0, offset = 0 } = parseSearch(given);
          expect(Number.isSafeInteger(limit) && Number.isSafeInteger(offset) && limit >= 0 && offset >= 0).toBe(true);
          expect(keys.every(({ path }) => path.every((tag) => /^[0-9A-F]{8}$/.test(tag)))).toBe(true);
        });
      }),
      runs(3000),
    );
  });

  it('is options of a picture within their bounds, or is refused in words', () => {
    const numbers = fc.oneof(fc.constantFrom('', '0', '-1', '1e9', '1e-300', 'NaN', '8192', '8193', '1.5', '+5'), any);
    const texts = fc.array(numbers, { maxLength: 7 }).map((parts) => parts.join(','));
    fc.assert(
      fc.property(fc.constantFrom('window', 'viewport', 'quality'), texts, (name, text) => {
        for (const parse of [parseRenderOptions, parseThumbnailOptions]) {
          ownErrorsOnly(() => {
            const { window, viewport } = parse(new URLSearchParams([[name, text]]));
            expect(window === undefined || (Number.isFinite(window.center) && window.width > 0)).toBe(true);
            expect(viewport === undefined || (viewport.columns >= 1 && viewport.columns <= 8192)).toBe(true);
          });
        }
      }),
      runs(3000),
    );
  });

  it('of the URI service names one object and what is wanted of it, or is refused in words', () => {
    const uid = fc.oneof(fc.constantFrom('1.2.3', '', '1'.repeat(65), '../x'), any);
    const names = fc.constantFrom(
      'contentType',
      'charset',
      'anonymize',
      'annotation',
      'rows',
      'columns',
      'region',
      'windowCenter',
    );
    const more = fc.oneof(names, fc.constantFrom('windowWidth', 'frameNumber', 'imageQuality', 'transferSyntax', 'iccprofile'));
    const values = fc.oneof(fc.constantFrom('yes', '1', '0,0,1,1', 'patient', 'image/png', '1e400', '-0', 'NaN,0,1,1'), any);
    fc.assert(
      fc.property(uid, fc.array(fc.tuple(more, values), { maxLength: 8 }), (objectUid, pairs) => {
        ownErrorsOnly(() => {
          const fixed: [string, string][] = [
            ['requestType', 'WADO'],
            ['studyUID', '1.2'],
            ['seriesUID', '1.3'],
            ['objectUID', objectUid],
          ];
          const { region, frame, options } = parseUriQuery(new URLSearchParams([...fixed, ...pairs]));
          expect(frame === undefined || (Number.isSafeInteger(frame) && frame >= 0)).toBe(true);
          expect(region === undefined || (region.left >= 0 && region.right <= 1 && region.left < region.right)).toBe(true);
          expect(options.viewport === undefined || options.viewport.columns <= 8192).toBe(true);
        });
      }),
      runs(3000),
    );
  });

  it('names forms it takes: as many as there are, at most', () => {
    const range = fc.constantFrom(
      '*/*',
      'image/*',
      'multipart/related; type="image/jls"; transfer-syntax=*',
      'a/b;q=x',
      ';;',
      '"',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          any,
          fc.array(fc.oneof(range, any), { maxLength: 100 }).map((all) => all.join(',')),
        ),
        (text) => {
          const wishes = parseAccept(text);
          expect(wishes.length).toBeLessThanOrEqual(64);
          for (const { type } of wishes) {
            expect(covers(type, 'image/jpeg')).toBeTypeOf('boolean');
          }
          expect(frameForms(wishes, '1.2.840.10008.1.2.4.80', 2).every(({ container }) => container === 'multipart')).toBe(true);
        },
      ),
      runs(2000),
    );
  });

  it.each([',', '"', ';', '",', '\\"', 'a/b,', 'a/b;c="', ' ', 'a'])(
    'that repeats %j without end is read in no time',
    (pattern) => {
      const began = performance.now();
      ownErrorsOnly(() => {
        parseAccept(pattern.repeat(200_000));
        parseSearch(new URLSearchParams([['PatientName', pattern.repeat(200_000)]]));
      });
      // What backtracks would take hours.
      expect(performance.now() - began).toBeLessThan(10_000);
    },
  );
});

describe('any attribute', () => {
  it('is written as XML without a character that XML does not have, nor markup of its own', () => {
    fc.assert(
      fc.property(any, any, any, (text, creator, uri) => {
        const xml = nativeXml({
          '00090010': { vr: 'LO', Value: [creator] },
          '00091001': { vr: 'UT', Value: [text] },
          '00100010': { vr: 'PN', Value: [{ Alphabetic: text, Phonetic: creator }] },
          '7FE00010': { vr: 'OW', BulkDataURI: uri },
        });
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(xml.isWellFormed()).toBe(true);
        const markup = xml.match(/<[^>]*>/g) ?? [];
        expect(
          markup.filter(
            (one) =>
              !/^<[/?]?(?:xml|NativeDicomModel|DicomAttribute|Value|PersonName|Alphabetic|Phonetic|FamilyName|GivenName|MiddleName|NamePrefix|NameSuffix|BulkData)\b/.test(
                one,
              ),
          ),
        ).toEqual([]);
      }),
      runs(1000),
    );
  });
});
