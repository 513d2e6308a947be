import type { KeyImage } from '../../api/publications.ts';
import { t } from '../../i18n/index.ts';
import type { ImageFrame } from '../../imaging/model/image-frame.ts';
import type { Measurement } from '../../imaging/model/measurements.ts';
import { placeOf } from '../measurement-place.ts';
import type { ReadingModel } from '../reading-model.ts';

export interface MeasuredChoice {
  readonly kind: 'measured';
  readonly id: string;
  readonly text: string;
  /** Its image is at hand, so that its numbers are known. */
  readonly isPossible: boolean;
  readonly measurement: Measurement;
  readonly frame: ImageFrame | undefined;
}

export interface ImageChoice {
  readonly kind: 'image';
  readonly id: string;
  readonly text: string;
  readonly isPossible: boolean;
  readonly image: KeyImage;
}

export type Choice = MeasuredChoice | ImageChoice;

/** Whether a frame is of an image of the study. */
export const isOf = (study: string, frameId: string): boolean => frameId.startsWith(`/studies/${encodeURIComponent(study)}/`);

/** What was measured on the study that is read; on priors it belongs to them. */
export function measuredChoices(model: ReadingModel): readonly MeasuredChoice[] {
  return model.tools.marks.all.value
    .filter(({ frameId }) => isOf(model.studyInstanceUid, frameId))
    .map((measurement) => {
      const place = placeOf(model, measurement);
      return {
        kind: 'measured',
        id: measurement.id,
        text: t(`reading.${measurement.tool}`),
        isPossible: place !== undefined,
        measurement,
        frame: place?.frame,
      };
    });
}

const FRAME = /^\/studies\/[^/]+\/series\/([^/]+)\/instances\/([^/]+)\/frames\/(\d+)$/;

/** UIDs of the image a frame is of, and its number, from 1. */
export function imageOf(
  frame: ImageFrame,
): { readonly seriesInstanceUid: string; readonly sopInstanceUid: string; readonly number: number } | undefined {
  const [, seriesInstanceUid, sopInstanceUid, number] = (FRAME.exec(frame.id) ?? []).map(decodeURIComponent);
  return seriesInstanceUid === undefined || sopInstanceUid === undefined
    ? undefined
    : { seriesInstanceUid, sopInstanceUid, number: Number(number) };
}

/** The image in view, and those that something was drawn on. */
export function keyChoices(model: ReadingModel): readonly ImageChoice[] {
  const { value: shown } = model.active.value.shown;
  const drawn = model.tools.marks.all.value.flatMap((measurement) => placeOf(model, measurement)?.frame ?? []);
  const frames = new Map([...(shown === undefined ? [] : [shown.frame]), ...drawn].map((frame) => [frame.id, frame]));
  return [...frames.values()]
    .filter(({ id }) => isOf(model.studyInstanceUid, id))
    .flatMap((frame) => {
      const place = imageOf(frame);
      if (place === undefined) {
        return [];
      }
      const { seriesInstanceUid, sopInstanceUid, number } = place;
      const image = { seriesInstanceUid, sopInstanceUid, frames: frame.frameCount > 1 ? [number] : [] };
      const isShown = frame.id === shown?.frame.id;
      return [{ kind: 'image' as const, id: frame.id, text: imageText(model, frame, isShown), isPossible: true, image }];
    });
}

function imageText(model: ReadingModel, frame: ImageFrame, isShown: boolean): string {
  const place = placeOf(model, { frameId: frame.id });
  const words = place === undefined ? '' : t('reading.imageOf', { index: place.index + 1, count: place.count });
  return isShown ? `${words} (${t('publishing.inView')})` : words;
}
