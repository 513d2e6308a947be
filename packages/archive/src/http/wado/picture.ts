import { firstNumber, numbers, TAG } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader } from '../../core/model.ts';
import type { PictureType, RenderedFrame, RenderOptions } from '../../core/ports.ts';
import type { HttpContext } from '../context.ts';
import { cornerTexts } from './annotation.ts';
import type { KeptState } from './applied-state.ts';
import { encodedFrame } from './frame-bytes.ts';
import type { Annotation, AskedOptions } from './render-options.ts';
import { kindOf } from './rendered-kind.ts';

/** Media types of pictures, the one that is given to whoever takes any first. PS3.18 table 8.7.4-1. */
export const PICTURES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'] as const;

/** How a picture is asked for. */
export interface PictureWish {
  readonly options: AskedOptions;
  readonly annotations: readonly Annotation[];
  readonly state: KeptState | undefined;
}

/** @throws ArchiveError `no-such-frame`, `not-acceptable` for what is no image */
function checkFrame(instance: InstanceHeader, index: number): void {
  const { kind } = kindOf(instance);
  if (kind !== 'image') {
    throw new ArchiveError(
      'not-acceptable',
      `This instance is ${kind === 'video' ? 'a video' : 'not an image'}: it has no picture.`,
    );
  }
  if (index >= instance.frames.count) {
    throw new ArchiveError('no-such-frame', `There is no frame ${index + 1}: the instance has ${instance.frames.count}.`);
  }
}

function optionsOf(
  instance: InstanceHeader,
  index: number,
  mediaType: PictureType,
  { options, annotations, state }: PictureWish,
): RenderOptions {
  const texts = annotations.length === 0 ? [] : cornerTexts(instance.header, index, instance.frames.count, annotations);
  return {
    ...options,
    mediaType,
    ...(texts.length === 0 ? {} : { texts }),
    ...(state === undefined ? {} : { state }),
  };
}

/** One frame as a picture. @throws ArchiveError `no-such-frame`, `not-acceptable`, `cannot-decode`, `busy` */
export async function pictureOf(
  context: HttpContext,
  instance: InstanceHeader,
  index: number,
  mediaType: PictureType,
  wish: PictureWish,
): Promise<RenderedFrame> {
  checkFrame(instance, index);
  return await context.pixels.render(encodedFrame(context, instance, index), optionsOf(instance, index, mediaType, wish));
}

/** Frames as one moving picture, as fast as they were taken. Of the annotations those of the first frame are burnt into all. */
export async function movingPictureOf(
  context: HttpContext,
  instance: InstanceHeader,
  indexes: readonly number[],
  wish: PictureWish,
): Promise<RenderedFrame> {
  for (const index of indexes) {
    checkFrame(instance, index);
  }
  const frames = indexes.map((index) => encodedFrame(context, instance, index));
  return await context.pixels.animate(frames, delays(instance, indexes), optionsOf(instance, indexes[0] ?? 0, 'image/gif', wish));
}

/** Where nothing is said. */
const USUAL_DELAY = 100;
/** What is shorter is shown far longer by browsers. */
const LEAST_DELAY = 20;
const GREATEST_DELAY = 10_000;

/** Milliseconds each frame is shown. PS3.3 C.7.6.5. */
function delays({ header }: InstanceHeader, indexes: readonly number[]): readonly number[] {
  const vector = numbers(header, TAG.FrameTimeVector);
  const rate = firstNumber(header, TAG.RecommendedDisplayFrameRate) ?? firstNumber(header, TAG.CineRate);
  const time = rate !== undefined && rate > 0 ? 1000 / rate : firstNumber(header, TAG.FrameTime);
  return indexes.map((index) => {
    // The n-th is the time between the frame before and the n-th.
    const given = vector.length > 1 ? (vector[index + 1] ?? vector[index]) : time;
    const delay = given === undefined || !(given > 0) ? USUAL_DELAY : given;
    return Math.round(Math.max(LEAST_DELAY, Math.min(GREATEST_DELAY, delay)));
  });
}

/** What tells a picture from others of the same instance, for its entity tag. */
export function pictureName(frames: string, mediaType: string, { options, annotations, state }: PictureWish): string {
  const { quality, window, viewport, profile } = options;
  const crop = viewport?.crop;
  const parts = [
    frames,
    mediaType.slice('image/'.length),
    quality,
    window && `${window.center},${window.width},${window.shape}`,
    viewport && `${viewport.columns}x${viewport.rows}`,
    crop && `${crop.left},${crop.top},${crop.width},${crop.height}`,
    crop?.mirrored && `${Number(crop.mirrored.across)}${Number(crop.mirrored.down)}`,
    annotations.join(','),
    profile,
    state?.sha256.slice(0, 16),
  ];
  return parts.map((part) => part ?? '').join('_');
}
