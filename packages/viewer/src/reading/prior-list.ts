import { fold } from '@filmless/dicom';
import type { Study } from '../api/studies.ts';

/** When another study was made, seen from the one that is read. */
export type Relation = 'earlier' | 'later' | 'sameDay' | 'unknown';

export interface PriorStudy {
  readonly study: Study;
  readonly relation: Relation;
  /** The same kind of picture of the same part of the body, the same kind, or another. */
  readonly likeness: 0 | 1 | 2;
  /** Name, birth date or sex differ: the same number, and yet perhaps not the same person. */
  readonly isDoubtful: boolean;
}

/** Objects that accompany images say nothing of what kind of study it is. */
const COMPANIONS: ReadonlySet<string> = new Set(['KO', 'PR', 'SR', 'DOC', 'SEG', 'REG', 'RWV', 'FID', 'AU', 'PLAN', 'OT']);

/** CR and DX are one to whoever reads them. */
const KINDS: Readonly<Record<string, string>> = { DX: 'CR', RG: 'CR' };

const kindsOf = ({ modalities }: Study): readonly string[] =>
  modalities.filter((code) => !COMPANIONS.has(code)).map((code) => KINDS[code] ?? code);

function partsOf({ bodyParts, description }: Study): ReadonlySet<string> {
  const named = bodyParts.map((part) => fold(part).replace(/[\s_-]/g, ''));
  return new Set(named.length > 0 ? named : [fold(description)].filter((text) => text !== ''));
}

function meets<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): boolean {
  return [...one].some((entry) => other.has(entry));
}

function likenessOf(current: Study, other: Study): PriorStudy['likeness'] {
  if (!meets(new Set(kindsOf(current)), new Set(kindsOf(other)))) {
    return 2;
  }
  return meets(partsOf(current), partsOf(other)) ? 0 : 1;
}

export function relationOf(current: string | null, other: string | null): Relation {
  if (current === null || other === null) {
    return 'unknown';
  }
  return other < current ? 'earlier' : other > current ? 'later' : 'sameDay';
}

function differs(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== '' && other !== '' && one !== other;
}

function isDoubtful({ patient: a }: Study, { patient: b }: Study): boolean {
  return differs(fold(a.name), fold(b.name)) || differs(a.birthDate, b.birthDate) || differs(a.sex, b.sex);
}

/**
 * The other studies of the same patient: the same number from the same issuer. Those most like the current one first, of
 * these the newest first. A study without a patient's number has none: an empty number is everybody's.
 */
export function priorsOf(current: Study, found: readonly Study[]): readonly PriorStudy[] {
  const { id, issuer } = current.patient;
  if (id === '') {
    return [];
  }
  return found
    .filter(({ patient, studyInstanceUid }) => {
      const same = patient.id === id && patient.issuer === issuer;
      return same && studyInstanceUid !== current.studyInstanceUid;
    })
    .map((study) => ({
      study,
      relation: relationOf(current.date, study.date),
      likeness: likenessOf(current, study),
      isDoubtful: isDoubtful(current, study),
    }))
    .sort((a, b) => a.likeness - b.likeness || newerFirst(whenOf(a.study), whenOf(b.study)));
}

function newerFirst(a: string, b: string): number {
  return a === b ? 0 : a < b ? 1 : -1;
}

function whenOf({ date, time }: Study): string {
  return date === null ? '' : `${date}T${time ?? ''}`;
}

/** What of a series tells whether it goes with another. */
interface SeriesFacts {
  readonly modality: string;
  readonly description: string;
  readonly rows: number | null;
  readonly frameCount: number;
  readonly instanceCount: number;
}

/** Of another study the series that goes best beside one: of its modality, described alike, of a like number of images. */
export function counterpart<T extends SeriesFacts>(shown: SeriesFacts | undefined, candidates: readonly T[]): T | undefined {
  const pictures = candidates.filter(({ rows }) => rows !== null && rows > 0);
  if (shown === undefined) {
    return pictures[0];
  }
  const words = wordsOf(shown);
  const score = (candidate: T): number => {
    const theirs = wordsOf(candidate);
    const common = [...theirs].filter((word) => words.has(word)).length;
    const all = new Set([...words, ...theirs]).size;
    const [few, many] = [countOf(shown), countOf(candidate)].sort((a, b) => a - b);
    const size = many === undefined || few === undefined || many === 0 ? 0 : few / many;
    return (candidate.modality === shown.modality ? 10 : 0) + (all === 0 ? 0 : (common / all) * 4) + size;
  };
  return pictures
    .map((candidate, order) => ({ candidate, order, score: score(candidate) }))
    .sort((a, b) => b.score - a.score || a.order - b.order)[0]?.candidate;
}

function countOf({ frameCount, instanceCount }: SeriesFacts): number {
  return Math.max(frameCount, instanceCount);
}

function wordsOf({ description }: SeriesFacts): ReadonlySet<string> {
  return new Set(
    fold(description)
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== ''),
  );
}
