import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, writeFileMeta } from '@filmless/dicom';
import { parseTable } from '../../support/objects.ts';
import { ROOT } from '../../support/product.ts';
import { uidFrom } from '../random.ts';
import { encodings, type Names } from './data-sets.ts';
import { type Dice, SEED } from './dice.ts';
import { BIG_ENDIAN, CONTEXT, DEFLATED, IMPLICIT, SECONDARY_CAPTURE } from './pdus.ts';

const MOST_BYTES = 40_000;

interface Fixture {
  readonly bytes: Buffer;
  readonly sop: string;
}

const SYNTAXES: Readonly<Record<number, string>> = {
  [CONTEXT.implicit]: IMPLICIT,
  [CONTEXT.deflated]: DEFLATED,
  [CONTEXT.bigEndian]: BIG_ENDIAN,
};

export function part10(
  names: Names,
  transferSyntaxUid: string,
  dataSet: Uint8Array,
  sopClass: string = SECONDARY_CAPTURE,
): Buffer {
  const meta = { mediaStorageSopClassUid: sopClass, mediaStorageSopInstanceUid: names.sop, transferSyntaxUid };
  return Buffer.concat([writeFileMeta(meta), dataSet]);
}

/** Real files of every kind that are small, and the object with all VRs in each encoding; each time under another UID. */
export class SmallObjects {
  readonly #fixtures: readonly Fixture[];

  constructor() {
    const folder = join(ROOT, 'fixtures', 'files');
    const rows = parseTable(readFileSync(join(folder, 'manifest.tsv'), 'utf8'));
    const files = rows.map((row) => ({ bytes: readFileSync(join(folder, row.path ?? '')), sop: row.sop_uid ?? '' }));
    this.#fixtures = files.filter(({ bytes, sop }) => bytes.byteLength <= MOST_BYTES && sop.length > 12);
  }

  /** A Part 10 file; `number` decides its UID. */
  take(dice: Dice, number: number): Buffer {
    const fixture = dice.chance(0.7) ? this.#fixtures[dice.below(this.#fixtures.length)] : undefined;
    return fixture === undefined ? generated(dice, number) : renumbered(fixture, number);
  }
}

function generated(dice: Dice, number: number): Buffer {
  const study = uidFrom(SEED, 'body', number % 20);
  const names = { study, series: `${study}.1`, sop: uidFrom(SEED, 'body', 'instance', number) };
  const { contextId, bytes } = dice.pick(encodings(names));
  return part10(names, SYNTAXES[contextId] ?? EXPLICIT_VR_LITTLE_ENDIAN, bytes);
}

/** The file with the last digits of its SOP Instance UID otherwise, wherever it stands; lengths stay. */
function renumbered({ bytes, sop }: Fixture, number: number): Buffer {
  const copy = Buffer.from(bytes);
  const digits = String(number % 1_000_000).padStart(6, '1');
  for (let at = copy.indexOf(sop); at !== -1; at = copy.indexOf(sop, at + 1)) {
    copy.write(digits, at + sop.length - digits.length, 'latin1');
  }
  return copy;
}
