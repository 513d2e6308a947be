import { fold } from '@filmless/dicom';
import type { HangingOwner, OwnedHanging } from './hanging.ts';

/** What of a study decides how it is hung. */
export interface StudyFacts {
  readonly modalities: readonly string[];
  readonly bodyParts: readonly string[];
  readonly description: string;
  readonly imageCount: number;
  /** Earlier studies of the same kind and body part. */
  readonly priorCount: number;
}

const RANK: Readonly<Record<HangingOwner, number>> = { own: 0, hospital: 1, product: 2 };

/** All words of a phrase stand in the text, blind to accents and case. `t1` is not in `t10`. */
export function saysAll(text: string, phrase: string): boolean {
  const words = wordsOf(text);
  return wordsOf(phrase).every((wanted) => words.includes(wanted));
}

/** `T1W`, `t1_tse` and `T1-FS` are T1: letters after a digit, and what joins words, part them. */
function wordsOf(text: string): readonly string[] {
  const folded = fold(text);
  const parts = folded.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
  return [...parts, ...parts.flatMap((part) => part.match(/^[a-z]+\d+(?=[a-z])/u)?.[0] ?? [])];
}

/** A body part as it is compared: `Head and Neck`, `HEADNECK`. */
function partName(part: string): string {
  return fold(part)
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .replace('and', '');
}

function fits(hanging: OwnedHanging, facts: StudyFacts): boolean {
  const modality = hanging.modalities.length === 0 || hanging.modalities.some((code) => facts.modalities.includes(code));
  const part = hanging.bodyParts.length === 0 || saysPart(hanging, facts);
  const words = hanging.words.length === 0 || hanging.words.some((phrase) => saysAll(facts.description, phrase));
  return modality && part && words && hanging.priors <= facts.priorCount && hanging.atLeast <= facts.imageCount;
}

/** By Body Part Examined, and where a machine does not fill it in by the study's description. PS3.3 C.7.3.1. */
function saysPart({ bodyParts }: OwnedHanging, facts: StudyFacts): boolean {
  const wanted = bodyParts.map(partName);
  const named = facts.bodyParts.filter((part) => part !== '').map(partName);
  return named.length > 0
    ? wanted.some((part) => named.includes(part))
    : bodyParts.some((part) => saysAll(facts.description, part));
}

/** How much a protocol asks for: of two that fit, the one made for fewer studies is meant. */
function narrowness({ modalities, bodyParts, words }: OwnedHanging): number {
  return [modalities, bodyParts, words].filter((asked) => asked.length > 0).length;
}

/** The protocols that fit a study: a person's own before the hospital's before the product's, of these the narrowest first. */
export function hangingsFor(facts: StudyFacts, all: readonly OwnedHanging[]): readonly OwnedHanging[] {
  return all
    .filter((hanging) => fits(hanging, facts))
    .map((hanging, order) => ({ hanging, order }))
    .sort(
      (a, b) =>
        RANK[a.hanging.owner] - RANK[b.hanging.owner] || narrowness(b.hanging) - narrowness(a.hanging) || a.order - b.order,
    )
    .map(({ hanging }) => hanging);
}
