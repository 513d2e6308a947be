import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tagOf } from '../dictionary/dictionary.ts';
import { DicomError } from '../errors.ts';
import {
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  transferSyntax,
} from '../transfer-syntax.ts';
import type { Vr } from '../vr.ts';
import { toBase64 } from './base64.ts';
import { formatDecimal } from './encode-value.ts';
import { parseDicomJson, stringifyDicomJson } from './json.ts';
import type { Attribute, DataSet, JsonValue, TagKey } from './model.ts';
import { readDataSet } from './read.ts';
import { writeDataSet } from './write.ts';

const EXPLICIT = transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN);
const IMPLICIT = transferSyntax(IMPLICIT_VR_LITTLE_ENDIAN);

/** One attribute a VR, known to the dictionary so that an implicit data set tells the VR again. */
const KEYWORDS: Partial<Record<Vr, string>> = {
  AE: 'RetrieveAETitle',
  AT: 'FrameIncrementPointer',
  CS: 'ImageType',
  DA: 'StudyDate',
  DS: 'ImagePositionPatient',
  DT: 'AcquisitionDateTime',
  FD: 'ReferencePixelPhysicalValueX',
  FL: 'TableXPositionToIsocenter',
  IS: 'ReferencedFrameNumber',
  LO: 'OtherPatientIDs',
  LT: 'PatientComments',
  OB: 'EncapsulatedDocument',
  OV: 'ExtendedOffsetTable',
  PN: 'OtherPatientNames',
  SH: 'AccessionNumber',
  SL: 'ReferencePixelX0',
  ST: 'DerivationDescription',
  SV: 'SelectorSVValue',
  UC: 'LongCodeValue',
  UI: 'SOPClassesInStudy',
  UL: 'SimpleFrameList',
  UR: 'RetrieveURL',
  US: 'FrameNumbersOfInterest',
  UT: 'TextValue',
  UV: 'SelectorUVValue',
};
const SEQUENCES: readonly TagKey[] = ['00081140', '00400275', '52009229'];

const character = fc.oneof(fc.constantFrom(...'abcXYZ0189 .-_,;()'), fc.constantFrom(...'éüßđĐỗễươầặ김山やﾔجши'));
/** As the reader leaves text: NFC, no padding, no delimiters. */
function text(max: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: character, minLength: 1, maxLength: max })
    .map((value) => value.normalize('NFC').trim())
    .filter((value) => value !== '');
}
const code = fc
  .string({ unit: fc.constantFrom(...'ABC012_ '), minLength: 1, maxLength: 16 })
  .map((value) => value.trim())
  .filter((value) => value !== '');
const name = fc
  .record({ Alphabetic: text(20), Ideographic: text(8), Phonetic: text(8) }, { requiredKeys: [] })
  .filter((value) => Object.keys(value).length > 0);
const tag = fc.integer({ min: 0, max: 0xffffffff }).map((value) => value.toString(16).toUpperCase().padStart(8, '0'));
const wide = (value: bigint): JsonValue => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value));

const VALUES: Partial<Record<Vr, fc.Arbitrary<JsonValue>>> = {
  AE: code,
  AT: tag,
  CS: code,
  DA: fc.constantFrom('20240229', '19700101'),
  DS: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => Number(formatDecimal(value)) + 0),
  DT: fc.constantFrom('20240229101112.123456+0700', '1970'),
  FD: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  FL: fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  IS: fc.integer().map((value) => value + 0),
  LO: text(64),
  LT: text(100),
  PN: name,
  SH: text(16),
  SL: fc.integer(),
  ST: text(100),
  SV: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(wide),
  UC: text(100),
  UI: fc.constantFrom('1.2.840.10008.1.2', '2.25.1'),
  UL: fc.nat(0xffffffff),
  UR: fc.constant('http://127.0.0.1/a?b=c'),
  US: fc.nat(0xffff),
  UT: text(300),
  UV: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(wide),
};
const SINGLE: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UT', 'UR']);

function attribute(vr: Vr): fc.Arbitrary<Attribute> {
  const value = VALUES[vr];
  if (value === undefined) {
    const width = vr === 'OV' ? 8 : 2;
    return fc
      .array(fc.uint8Array({ minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 })
      .map((parts) => ({ vr, InlineBinary: toBase64(Uint8Array.from(parts.flatMap((part) => [...part]))) }));
  }
  return fc
    .array(value, { maxLength: SINGLE.has(vr) ? 1 : 4 })
    .map((values) => (values.length === 0 ? { vr } : { vr, Value: values }));
}

function tagNamed(keyword: string): TagKey {
  const found = tagOf(keyword);
  if (found === undefined) {
    throw new Error(`no attribute ${keyword}`);
  }
  return found;
}

function dataSet(depth: number): fc.Arbitrary<DataSet> {
  const plain = Object.entries(KEYWORDS).map(([vr, keyword]) => [tagNamed(keyword), attribute(vr as Vr)] as const);
  const sequences =
    depth === 0
      ? []
      : SEQUENCES.map(
          (key) =>
            [
              key,
              fc
                .array(dataSet(depth - 1), { maxLength: 3 })
                .map((items): Attribute => (items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items })),
            ] as const,
        );
  return fc.record(Object.fromEntries([...plain, ...sequences]), { requiredKeys: [] }).map(sorted);
}

function sorted(given: Partial<Record<TagKey, Attribute>>): DataSet {
  const present = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return Object.fromEntries(present.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const utf8 = dataSet(2).map((value): DataSet => ({ '00080005': { vr: 'CS', Value: ['ISO_IR 192'] }, ...value }));

test.each([
  ['explicit', EXPLICIT],
  ['implicit', IMPLICIT],
])('what is written in %s little endian is read the same', (_, syntax) => {
  fc.assert(
    fc.property(utf8, (given) => {
      const bytes = writeDataSet(given, { explicitVr: syntax.explicitVr });
      const { dataSet: back, end, warnings } = readDataSet(bytes, { transferSyntax: syntax });
      expect(back).toEqual(given);
      expect(end).toBe(bytes.byteLength);
      expect(warnings).toEqual([]);
    }),
    { numRuns: 80 },
  );
});

test('what is written as DICOM JSON is read the same', () => {
  fc.assert(
    fc.property(utf8, (given) => {
      const json = stringifyDicomJson(given);
      expect(parseDicomJson(JSON.parse(json))).toEqual(given);
    }),
    { numRuns: 80 },
  );
});

test('any bytes give a data set or a DicomError, in each encoding', () => {
  const syntaxes = [EXPLICIT, IMPLICIT, transferSyntax(EXPLICIT_VR_BIG_ENDIAN)];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...syntaxes), fc.boolean(), (bytes, syntax, partial) => {
      try {
        readDataSet(bytes, { transferSyntax: syntax, partial, bulkData: { threshold: 16 } });
      } catch (error) {
        expect(error).toBeInstanceOf(DicomError);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a written data set with bytes changed gives a data set or a DicomError', () => {
  const changes = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(utf8, changes, fc.boolean(), (given, changed, explicitVr) => {
      const bytes = writeDataSet(given, { explicitVr });
      for (const { at, to } of changed) {
        bytes[at % bytes.byteLength] = to;
      }
      try {
        const { dataSet: read } = readDataSet(bytes, { transferSyntax: explicitVr ? EXPLICIT : IMPLICIT });
        expect(parseDicomJson(JSON.parse(stringifyDicomJson(read)))).toBeTypeOf('object');
      } catch (error) {
        expect(error).toBeInstanceOf(DicomError);
      }
    }),
    { numRuns: 200 },
  );
});
