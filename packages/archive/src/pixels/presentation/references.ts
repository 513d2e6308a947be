import { type DataSet, firstText, items, numbers, TAG } from '@filmless/dicom';
import { STATE } from './tags.ts';

/** The image a state is applied to. */
export interface Subject {
  readonly sopInstanceUid: string;
  readonly frameIndex: number;
}

function names(reference: DataSet, { sopInstanceUid, frameIndex }: Subject): boolean {
  const frames = numbers(reference, STATE.ReferencedFrameNumber);
  return (
    firstText(reference, STATE.ReferencedSOPInstanceUID)?.trim() === sopInstanceUid &&
    (frames.length === 0 || frames.includes(frameIndex + 1))
  );
}

/** Whether an item of a state is meant for the image: those that name none are for all. PS3.3 C.10.4, C.10.5, C.11.8. */
export function isFor(item: DataSet, subject: Subject): boolean {
  const references = items(item, TAG.ReferencedImageSequence);
  return references.length === 0 || references.some((reference) => names(reference, subject));
}

/** Whether a state is one of the image. PS3.3 C.11.11. */
export function isStateOf(state: DataSet, subject: Subject): boolean {
  return items(state, TAG.ReferencedSeriesSequence).some((series) =>
    items(series, TAG.ReferencedImageSequence).some((reference) => names(reference, subject)),
  );
}
