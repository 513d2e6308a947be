import type { DataSet, InspectedObject } from '@filmless/dicom';
import { instanceFacts } from './describe.ts';

/**
 * An object on its way into the archive, with its header as the text that the index keeps. NOTE: as a model it is thousands of small objects. They
 * would be there until the sender has its answer, and what young memory keeps for so long is moved to the old: garbage that is found late.
 */
export interface LookedAt extends Omit<InspectedObject, 'header'> {
  /** DICOM JSON. */
  readonly headerText: string;
  readonly facts: ReturnType<typeof instanceFacts>;
}

export function lookedAt({ header, ...rest }: InspectedObject): LookedAt {
  return { ...rest, headerText: JSON.stringify(header), facts: instanceFacts(header) };
}

/** The model again: of the first instance of a series more is asked for than the text. */
export function parseHeader({ headerText }: Pick<LookedAt, 'headerText'>): DataSet {
  return JSON.parse(headerText) as DataSet;
}
