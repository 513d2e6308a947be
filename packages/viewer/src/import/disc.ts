import type { InstanceFacts, Person } from './facts.ts';

/** Where a file's bytes are: on the disc, or in a ZIP archive that is gone through again when they are sent. */
type Origin =
  | { readonly kind: 'file'; readonly file: Blob }
  | { readonly kind: 'zip'; readonly archive: Blob; readonly name: string };

export interface DiscFile {
  readonly path: string;
  readonly size: number;
  readonly sopInstanceUid: string;
  readonly origin: Origin;
}

export interface DiscSeries {
  readonly uid: string;
  readonly number: number | undefined;
  readonly modality: string;
  readonly description: string;
  readonly files: readonly DiscFile[];
  /** Listed in the DICOMDIR and not on the disc. */
  readonly missing: number;
}

export interface DiscStudy {
  /** Of use on this page only. */
  readonly key: string;
  readonly uid: string;
  readonly date: string;
  readonly description: string;
  readonly accession: string;
  readonly institution: string;
  readonly patient: Person;
  readonly series: readonly DiscSeries[];
}

export interface DiscPatient {
  readonly key: string;
  readonly person: Person;
  readonly studies: readonly DiscStudy[];
}

/** Why a file is not offered. */
export type LeftOut =
  | 'not-dicom'
  | 'incomplete'
  | 'unreadable'
  | 'zip-broken'
  | 'zip-too-large'
  | 'entry-too-large'
  | 'unsafe-name'
  | 'nested-zip';

/** What was found. */
export interface Disc {
  readonly patients: readonly DiscPatient[];
  /** Files that are no images; the first `MOST_LISTED` are named. */
  readonly leftOut: { readonly count: number; readonly named: readonly { readonly path: string; readonly why: LeftOut }[] };
  /** Names of what the DICOMDIR lists and the disc has not; the first `MOST_LISTED`. */
  readonly missing: { readonly count: number; readonly named: readonly string[] };
  /** What was found by: the index of the disc, or its files. */
  readonly directory: 'none' | 'read' | 'wrong';
}

/** Too many files are a mistake: somebody dropped a whole computer. */
export const MOST_FILES: number = 200_000;
const MOST_LISTED = 500;

interface Growing {
  readonly facts: InstanceFacts;
  readonly files: DiscFile[];
  missing: number;
}

interface GrowingStudy {
  facts: InstanceFacts;
  readonly series: Map<string, Growing>;
}

/** Gathers what is found, file by file, into patients, studies and series. */
export class DiscBuilder {
  readonly #studies = new Map<string, GrowingStudy>();
  readonly #leftOut: { path: string; why: LeftOut }[] = [];
  readonly #missing: string[] = [];
  #leftOutCount = 0;
  #missingCount = 0;
  #files = 0;
  directory: Disc['directory'] = 'none';

  get files(): number {
    return this.#files;
  }

  add(facts: InstanceFacts, file: DiscFile): void {
    this.#seriesOf(facts).files.push(file);
    this.#files += 1;
  }

  addMissing(facts: InstanceFacts, path: string): void {
    this.#seriesOf(facts).missing += 1;
    this.#missingCount += 1;
    if (this.#missing.length < MOST_LISTED) {
      this.#missing.push(path);
    }
  }

  leaveOut(path: string, why: LeftOut): void {
    this.#leftOutCount += 1;
    if (this.#leftOut.length < MOST_LISTED) {
      this.#leftOut.push({ path, why });
    }
  }

  /** What a header says of patient and study is more than what a DICOMDIR does. */
  correct(listed: InstanceFacts, facts: InstanceFacts): void {
    const study = this.#studies.get(keyOf(listed));
    if (study !== undefined) {
      study.facts = { ...facts, study: { ...facts.study, uid: listed.study.uid } };
    }
  }

  build(): Disc {
    const studies = [...this.#studies].map(([key, study]) => studyOf(key, study));
    const byPerson = Map.groupBy(studies, ({ patient }) => JSON.stringify([patient.id, patient.issuer, patient.name]));
    const patients = [...byPerson].map(([key, own]): DiscPatient => {
      const person = own[0]?.patient ?? { id: '', issuer: '', name: '', birthDate: '', sex: '' };
      return { key, person, studies: own.toSorted((a, b) => b.date.localeCompare(a.date)) };
    });
    return {
      patients,
      leftOut: { count: this.#leftOutCount, named: this.#leftOut },
      missing: { count: this.#missingCount, named: this.#missing },
      directory: this.directory,
    };
  }

  #seriesOf(facts: InstanceFacts): Growing {
    const key = keyOf(facts);
    let study = this.#studies.get(key);
    if (study === undefined) {
      study = { facts, series: new Map() };
      this.#studies.set(key, study);
    }
    let series = study.series.get(facts.series.uid);
    if (series === undefined) {
      series = { facts, files: [], missing: 0 };
      study.series.set(facts.series.uid, series);
    }
    return series;
  }
}

/** One study of two patients is two: it is not ours to say which is right. */
function keyOf({ patient, study }: InstanceFacts): string {
  return JSON.stringify([patient.id, patient.name, study.uid]);
}

function studyOf(key: string, { facts, series }: GrowingStudy): DiscStudy {
  const own = [...series.values()].map((one): DiscSeries => {
    const { uid, number, modality, description } = one.facts.series;
    return { uid, number, modality, description, files: one.files, missing: one.missing };
  });
  return {
    key,
    ...facts.study,
    patient: facts.patient,
    series: own.toSorted((a, b) => (a.number ?? Number.MAX_SAFE_INTEGER) - (b.number ?? Number.MAX_SAFE_INTEGER)),
  };
}

export function filesOf({ series }: Pick<DiscStudy, 'series'>): readonly DiscFile[] {
  return series.flatMap(({ files }) => files);
}

export function bytesOf(files: readonly DiscFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
