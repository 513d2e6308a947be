import type { SmallInstance } from '../../instances.ts';
import { multipart } from '../body-attack.ts';
import { part10 } from '../objects.ts';
import { EXPLICIT } from '../pdus.ts';
import type { WebCase } from './web-attack.ts';

export type Place = Pick<SmallInstance, 'study' | 'series' | 'sop'>;

export function placePath({ study, series, sop }: Place): string {
  return `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;
}

/** A Part 10 file, sent by STOW; `path` is where to. */
export function stowed(
  name: string,
  place: Place,
  sopClass: string,
  dataSet: () => Uint8Array,
  answers: readonly number[],
  path = '/dicom-web/studies',
): WebCase {
  const headers = {
    'content-type': 'multipart/related; type="application/dicom"; boundary=part',
    accept: 'application/dicom+json',
  };
  return {
    name,
    question: () => ({ method: 'POST', path, headers, body: multipart(part10(place, EXPLICIT, dataSet(), sopClass)) }),
    answers,
  };
}
