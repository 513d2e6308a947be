import type { ShownImage } from '../../api/publications.ts';
import { evaluate } from '../../imaging/model/measurements.ts';
import { findingLines } from '../finding-text.ts';
import type { ReadingModel } from '../reading-model.ts';
import { imageOf, isOf } from './publish-choices.ts';

/** An image as it stands in the active pane, and the marks on it with their words. */
export interface ShownState {
  readonly image: ShownImage;
  readonly marks: readonly { readonly id: string; readonly text: string }[];
}

/** Undefined where the pane shows no image in shades of grey of the study that is read. */
export function shownState({ active, studyInstanceUid, tools, imaging }: ReadingModel): ShownState | undefined {
  const { shown, grey, inverted, view } = active.value;
  const picture = shown.value;
  const place = picture === undefined ? undefined : imageOf(picture.frame);
  if (picture === undefined || place === undefined || picture.colour || !isOf(studyInstanceUid, picture.frame.id)) {
    return undefined;
  }
  const { frame } = picture;
  const { seriesInstanceUid, sopInstanceUid, number } = place;
  // A table of grey values is the image's own: then it is left to it.
  const chosen = grey.value?.table === undefined ? grey.value?.window : undefined;
  const image: ShownImage = {
    seriesInstanceUid,
    sopInstanceUid,
    frame: number,
    ...(chosen === undefined || chosen.width < 1 ? {} : { window: { center: chosen.center, width: chosen.width } }),
    inverted: inverted.value,
    mirrored: view.value.mirrored,
    turns: view.value.turns,
  };
  const marks = tools.marks.all.value
    .filter(({ frameId }) => frameId === frame.id)
    .map((measurement) => ({
      id: measurement.id,
      text: findingLines(evaluate(measurement, frame, imaging.frames.get(frame))).join('; '),
    }));
  return { image, marks };
}
