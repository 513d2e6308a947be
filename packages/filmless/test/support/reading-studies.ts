import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesSource, inspectObject } from '@filmless/dicom';
import {
  chestRadiograph,
  ctPhantom,
  mammogram,
  mrBrain,
  type SampleFile,
  type SampleStudy,
  ultrasoundCine,
} from '@filmless/fixtures';
import { CORPUS } from './product.ts';
import { PYTHON, run } from './run.ts';

export type StudyKey = 'ct' | 'mr' | 'cr' | 'us' | 'mg';

export interface StudyTruth {
  /** As the screen shows it. */
  readonly name: string;
  readonly study: string;
  /** Images (frames counted) of its largest series. */
  readonly images: number;
}

/** How wide the body is on one row of one image, from the middle of its first pixel to that of its last. */
export interface WidthTruth {
  readonly instance: string;
  readonly row: number;
  readonly first: number;
  readonly last: number;
  readonly mm: number;
  readonly rows: number;
  readonly columns: number;
}

export type ReadingTruth = Readonly<Record<StudyKey, StudyTruth>> & { readonly ct: { readonly width: WidthTruth } };

/** Studies to read, one folder each, and what is known of them. */
export interface ReadingStudies {
  readonly name: string;
  /** Options of DCMTK's storescu for those that are compressed. */
  readonly proposal: Partial<Readonly<Record<StudyKey, string>>>;
  make(folder: string): Promise<ReadingTruth>;
}

const NAMES: Readonly<Record<StudyKey, string>> = {
  ct: 'Đỗ^Thị Dương',
  mr: 'Nguyễn^Văn Á',
  cr: 'Trần^Thị Ước',
  us: 'Lê^Thị Hồng Đào',
  mg: 'Phạm^Thị Út',
};

const GENERATED: Readonly<Record<StudyKey, (study: SampleStudy) => Iterable<SampleFile>>> = {
  ct: (study) => ctPhantom(study, { slices: 28 }).files(),
  mr: (study) => mrBrain(study, 20),
  cr: (study) => [chestRadiograph(study)],
  us: (study) => [ultrasoundCine(study)],
  mg: (study) => mammogram(study),
};

const IMAGES: Readonly<Record<StudyKey, number>> = { ct: 28, mr: 20, cr: 1, us: 30, mg: 1 };

async function generate(folder: string, key: StudyKey, index: number): Promise<StudyTruth & { readonly middle: string }> {
  const patient = { id: `MAU10000${index}`, name: NAMES[key], birthDate: '19700101', sex: 'F' } as const;
  const study = {
    seed: `reading ${key}`,
    patient,
    at: new Date('2026-03-02T08:00:00Z'),
    accessionNumber: `E2E${index}`,
    description: key,
  };
  await mkdir(join(folder, key));
  const uids: string[] = [];
  let studyInstanceUid = '';
  for (const { fileName, bytes } of GENERATED[key](study)) {
    const object = await inspectObject(bytesSource(bytes));
    studyInstanceUid = object.studyInstanceUid;
    uids.push(object.sopInstanceUid);
    await writeFile(join(folder, key, fileName.replaceAll('/', '_')), bytes);
  }
  const name = NAMES[key].replace('^', ' ');
  return { name, study: studyInstanceUid, images: IMAGES[key], middle: uids[Math.floor(uids.length / 2)] ?? '' };
}

/** Computed phantoms: no file of anybody is needed. The head is an ellipse 168 mm wide. */
const PHANTOMS: ReadingStudies = {
  name: 'computed phantoms',
  proposal: {},
  async make(folder) {
    const ct = await generate(folder, 'ct', 1);
    const mr = await generate(folder, 'mr', 2);
    const cr = await generate(folder, 'cr', 3);
    const us = await generate(folder, 'us', 4);
    const mg = await generate(folder, 'mg', 5);
    const width = { instance: ct.middle, row: 256, first: 88, last: 424, mm: 168, rows: 512, columns: 512 };
    return { ct: { ...ct, width }, mr, cr, us, mg };
  },
};

/** Real files with made-up patients. */
const REAL_FILES: ReadingStudies = {
  name: 'the public corpus',
  proposal: { cr: '-xs', mg: '-xs', us: '-xy' },
  async make(folder) {
    const script = join(dirname(fileURLToPath(import.meta.url)), '..', 'e2e', 'python', 'prepare.py');
    const made = await run(PYTHON, [script, CORPUS ?? '', folder]);
    if (made.code !== 0) {
      throw new Error(made.stderr);
    }
    return JSON.parse(await readFile(join(folder, 'truth.json'), 'utf8')) as ReadingTruth;
  },
};

export const READING_STUDIES: readonly ReadingStudies[] = CORPUS === undefined ? [PHANTOMS] : [PHANTOMS, REAL_FILES];
