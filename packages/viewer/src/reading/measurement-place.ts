import type { ImageFrame } from '../imaging/model/image-frame.ts';
import type { Measurement } from '../imaging/model/measurements.ts';
import type { ReadingModel } from './reading-model.ts';

/** The image a measurement lies on, and which of its series that is, from 0. */
export interface MeasurementPlace {
  readonly frame: ImageFrame;
  readonly index: number;
  readonly count: number;
}

/** Undefined where the series is not at hand: not opened yet, or of another study. */
export function placeOf(model: ReadingModel, { frameId }: Pick<Measurement, 'frameId'>): MeasurementPlace | undefined {
  for (const { content } of model.series.value) {
    const frames = content.value.phase === 'ready' ? content.value.frames : [];
    const index = frames.findIndex(({ id }) => id === frameId);
    const frame = frames[index];
    if (frame !== undefined) {
      return { frame, index, count: frames.length };
    }
  }
  return undefined;
}
