import { type DataSet, firstNumber, numbers, TAG } from '@filmless/dicom';

const SLOWEST = 1;
const FASTEST = 60;

/**
 * Pictures a second as recorded: Recommended Display Frame Rate, then Cine Rate, then Frame Time or the mean of the Frame
 * Time Vector (ms). PS3.3 C.7.6.5. Undefined where none is given.
 */
export function recordedRate(dataSet: DataSet): number | undefined {
  const vector = numbers(dataSet, TAG.FrameTimeVector).filter((step) => step > 0);
  const mean = vector.length === 0 ? undefined : vector.reduce((sum, step) => sum + step, 0) / vector.length;
  const frameTime = firstNumber(dataSet, TAG.FrameTime) || mean;
  const rate =
    firstNumber(dataSet, TAG.RecommendedDisplayFrameRate) ||
    firstNumber(dataSet, TAG.CineRate) ||
    (frameTime === undefined ? undefined : 1000 / frameTime);
  return rate === undefined || !Number.isFinite(rate) || rate <= 0 ? undefined : limitRate(rate);
}

export function limitRate(rate: number): number {
  return Math.min(Math.max(Math.round(rate), SLOWEST), FASTEST);
}
