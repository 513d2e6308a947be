// needs: dcmtk, python
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  canHold,
  type DataSet,
  formatPersonName,
  items,
  parsePersonName,
  personName,
  readDataSet,
  readFileMeta,
  texts,
  transferSyntax,
  writeDataSet,
  writeFileMeta,
} from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * Names that each character set must hold. Other sets than the first stand in the second group or the third, as PS3.5 6.2.1 has
 * it; in values and lines they stand anywhere.
 */
const SAMPLES: readonly (readonly [terms: readonly string[], ...names: readonly string[]])[] = [
  [['ISO_IR 192'], 'Nguyễn^Văn An', 'Yamada^Tarou=山田^太郎=やまだ^たろう', 'Жуков^Юрий'],
  [['ISO_IR 100'], 'Buc^Jérôme', 'Äneas^Rüdiger'],
  [['ISO_IR 101'], 'Łukasz^Żółć', 'Nagy^Őrs'],
  [['ISO_IR 109'], 'Borg^Ġorġ', 'Ĉiĉo'],
  [['ISO_IR 110'], 'Ķirsis^Ēriks', 'Åse'],
  [['ISO_IR 144'], 'Люкceмбypг', 'Жуков^Юрий'],
  [['ISO_IR 127'], 'قباني^لنزار'],
  [['ISO_IR 126'], 'Διονυσιος', 'Ώρα^Άννα'],
  [['ISO_IR 138'], 'שרון^דבורה'],
  [['ISO_IR 148'], 'Çavuşoğlu^Işık'],
  [['ISO_IR 166'], 'สมชาย^ใจดี'],
  [['ISO_IR 13'], 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
  [['GB18030'], 'Wang^XiaoDong=王^小东', 'Đỗ^Thị Dương', 'Euro€𠮷'],
  [['GBK'], 'Wang^XiaoDong=王^小东', '囍'],
  [['', 'ISO 2022 IR 87'], 'Yamada^Tarou=山田^太郎=やまだ^たろう', 'Ivan=Иван山Δ〜本'],
  [['ISO 2022 IR 6', 'ISO 2022 IR 87', 'ISO 2022 IR 159'], 'A=丂山^é', 'A=山丂山'],
  [['ISO 2022 IR 13', 'ISO 2022 IR 87'], 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう', 'ﾔ=山ﾔ山'],
  [['ISO 2022 IR 13', 'ISO 2022 IR 87', 'ISO 2022 IR 159'], 'ﾔﾏﾀﾞ^ﾀﾛｳ=山丂^太郎'],
  [['', 'ISO 2022 IR 149'], 'Hong^Gildong=洪^吉洞=홍^길동', 'A=樂a樂'],
  [['', 'ISO 2022 IR 58'], 'Zhang^XiaoDong=张^小东', 'A=王a王'],
  [['ISO 2022 IR 100', 'ISO 2022 IR 144', 'ISO 2022 IR 126'], 'Buc^Jérôme=Люк^Δι', 'é=éЛéΔé'],
  [['ISO 2022 IR 100', 'ISO 2022 IR 149'], 'Müller=洪é^é', 'é=é길é'],
  [['ISO 2022 IR 144', 'ISO 2022 IR 149', 'ISO 2022 IR 87'], 'Жук=洪Ж^Ж', 'Ж=Ж길山Ж'],
  [['ISO 2022 IR 101', 'ISO 2022 IR 109', 'ISO 2022 IR 110', 'ISO 2022 IR 148'], 'Ł=ŁĠĶŞ^Ł'],
  [['ISO 2022 IR 127', 'ISO 2022 IR 138', 'ISO 2022 IR 166'], 'ق=قש^ส=ق'],
];

/** The C library DCMTK is built with here has no JIS sets. */
const UNKNOWN_TO_DCMTK: ReadonlySet<string> = new Set(['ISO 2022 IR 87', 'ISO 2022 IR 159']);

const NAME = '00100010';
const VALUES = '00081030';
const LINES = '00104000';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'filmless-encode-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, terms: readonly string[], sequence: readonly DataSet[]): string {
  const path = join(folder, `${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}.dcm`);
  const meta = {
    mediaStorageSopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    mediaStorageSopInstanceUid: '1.2.3',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
  };
  const dataSet: DataSet = {
    '00080005': { vr: 'CS', Value: terms },
    '00080016': { vr: 'UI', Value: [meta.mediaStorageSopClassUid] },
    '00080018': { vr: 'UI', Value: ['1.2.3'] },
    '00081140': { vr: 'SQ', Value: sequence },
  };
  writeFileSync(path, Buffer.concat([writeFileMeta(meta), writeDataSet(dataSet, { explicitVr: true })]));
  return path;
}

/** What pydicom reads: for each file, for each item, its values in the order of the tags. */
function byPydicom(paths: readonly string[]): readonly (readonly (readonly string[])[])[] {
  const script = join(import.meta.dirname, 'python', 'read_texts.py');
  const run = spawnSync(process.env.FILMLESS_PYTHON ?? 'python3', [script], { input: paths.join('\n'), maxBuffer: 2 ** 28 });
  expect(run.stderr.toString()).toBe('');
  return JSON.parse(run.stdout.toString()) as string[][][];
}

/** What DCMTK makes of a file: the same, in UTF-8. */
function byDcmtk(path: string): readonly (readonly string[])[] {
  const run = spawnSync('/usr/bin/dcmconv', ['+U8', path, `${path}.utf8`]);
  expect(run.stderr.toString(), path).toBe('');
  const bytes = new Uint8Array(readFileSync(`${path}.utf8`));
  const { meta, dataSetOffset } = readFileMeta(bytes);
  const { dataSet } = readDataSet(bytes.subarray(dataSetOffset), { transferSyntax: transferSyntax(meta.transferSyntaxUid) });
  expect(texts(dataSet, '00080005')).toEqual(['ISO_IR 192']);
  return items(dataSet, '00081140').map((item) =>
    Object.keys(item)
      .toSorted()
      .map((tag) => (tag === NAME ? formatPersonName(personName(item, tag) ?? {}) : texts(item, tag).join('\\'))),
  );
}

/** DCMTK shows the backslash between values as the yen sign that JIS X 0201 has there. */
const valuesOf = (name: string, terms: readonly string[]): readonly string[] =>
  [name.replaceAll(/[\^=]/g, ' '), name.slice(0, 3)].slice(0, terms[0]?.endsWith('IR 13') === true ? 1 : 2);

/** DCMTK 3.6.7 does not get over some line ends in IR 58. */
const linesOf = (name: string, terms: readonly string[]): string =>
  terms.includes('ISO 2022 IR 58') ? name : `${name}\r\n${name}`;

const itemOf = (name: string, terms: readonly string[]): DataSet => ({
  [VALUES]: { vr: 'LO', Value: valuesOf(name, terms) },
  [NAME]: { vr: 'PN', Value: [parsePersonName(name)] },
  [LINES]: { vr: 'LT', Value: [linesOf(name, terms)] },
});

const wanted = (name: string, terms: readonly string[]) => [valuesOf(name, terms).join('\\'), name, linesOf(name, terms)];
/** pydicom leaves the escape of IR 58 in the text. */
const bare = (found: readonly (readonly string[])[] = []) =>
  found.map((values) => values.map((value) => value.replaceAll('\u001b$)A', '').trimEnd()));
const itemsOf = (names: readonly string[], terms: readonly string[]) => names.map((name) => itemOf(name, terms));

describe('names, values and lines in every character set', () => {
  it('are read by pydicom as they were', () => {
    const found = byPydicom(SAMPLES.map(([terms, ...names]) => write(terms.join(' '), terms, itemsOf(names, terms))));
    for (const [index, [terms, ...names]] of SAMPLES.entries()) {
      expect(bare(found[index]), terms.join('\\')).toEqual(names.map((name) => wanted(name, terms)));
    }
  });

  it.each(
    SAMPLES.filter(([terms]) => !terms.some((term) => UNKNOWN_TO_DCMTK.has(term))).map(([terms, ...names]) => ({ terms, names })),
  )('are read by DCMTK as they were: $terms', ({ terms, names }) => {
    const path = write(`dcmtk ${terms.join(' ')}`, terms, itemsOf(names, terms));
    expect(bare(byDcmtk(path))).toEqual(names.map((name) => wanted(name, terms)));
  });
});

const BLOCK = 64;

/** Characters in a row, with control characters between them that end the reach of escapes: one that fails, fails alone. */
function blocksOf(terms: readonly string[]): readonly string[] {
  const held: string[] = [];
  for (let code = 0xa0; code < 0x10000; code = code === 0xd7ff ? 0xf900 : code + 1) {
    const character = String.fromCharCode(code);
    if (character.normalize('NFC') === character && !/\p{M}/u.test(character) && canHold(character, terms)) {
      held.push(character);
    }
  }
  return Array.from({ length: Math.ceil(held.length / BLOCK) }, (_, at) => held.slice(at * BLOCK, (at + 1) * BLOCK).join('\t'));
}

/** Characters that the tables of Python take for a neighbour that looks the same, or do not have. */
const READ_OTHERWISE: Readonly<Record<string, string>> = {
  GB18030: 'ḿ',
  'ISO 2022 IR 87': '¥—‾∥－～￠￡￢',
  'ISO 2022 IR 149': '〜\u3164',
  'ISO 2022 IR 58': '·—',
};

describe('every character of a set', () => {
  it('is read by pydicom as it was', () => {
    const sets = [...new Set(SAMPLES.flatMap(([terms]) => terms))]
      .filter((term) => !['', 'ISO_IR 192', 'ISO 2022 IR 6'].includes(term))
      .map((term) => ({ term, terms: term.startsWith('ISO 2022') ? ['', term] : [term] }));
    const blocks = sets.map(({ terms }) => blocksOf(terms));
    const found = byPydicom(
      sets.map(({ term, terms }, index) =>
        write(
          `all ${term}`,
          terms,
          (blocks[index] ?? []).map((text) => ({ [LINES]: { vr: 'LT', Value: [text] } })),
        ),
      ),
    );
    for (const [index, { term }] of sets.entries()) {
      const asked = (blocks[index] ?? []).flatMap((text) => text.split('\t'));
      const read = bare(found[index]).flatMap(([text = '']) => text.normalize('NFC').split('\t'));
      const otherwise = asked.filter((character, at) => character !== (read[at] ?? '') && character.trim() !== '');
      expect(otherwise.join(''), term).toBe(READ_OTHERWISE[term] ?? '');
      expect(asked.length, term).toBeGreaterThan(40);
    }
  });
});
