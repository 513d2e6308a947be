import { type EdgeLetters, edgeLetters } from '../imaging/model/orientation.ts';
import { pixelScale } from '../imaging/model/view.ts';
import { type Corners, corners } from './overlay-text.ts';
import type { ViewportModel } from './viewport-model.ts';

/** What stands in the corners and on the edges of a picture. */
export interface ViewportWords {
  readonly corners: Corners;
  /** Undefined where the file gives no direction. */
  readonly letters: EdgeLetters | undefined;
}

/** All of it is of the picture on the screen, as it stands there; undefined while there is none. */
export function viewportWords(viewport: ViewportModel): ViewportWords | undefined {
  const { value: picture } = viewport.shown;
  const { value: stage } = viewport.stage;
  const { value: grey } = viewport.grey;
  if (picture === undefined || stage === undefined || grey === undefined) {
    return undefined;
  }
  const { frame } = picture;
  const all = viewport.frames.value;
  const scale = pixelScale(viewport.view.value, stage) * devicePixelRatio;
  return {
    corners: corners({ frame, index: Math.max(all.indexOf(frame), 0), count: all.length, grey, scale }),
    letters: edgeLetters(frame.plane, frame.dataSet, viewport.view.value),
  };
}
