import { ArchiveError, type ArchiveErrorCode } from '../../core/errors.ts';
import type { DecodedFrame, Placeholder, RecodedFrame, RenderedFrame, TargetCoding } from '../../core/ports.ts';
import type { PixelLayout } from '../image/layout.ts';
import type { PixelLimits } from '../limits.ts';
import type { Raster } from '../render/encode.ts';
import type { Look } from '../render/render-frame.ts';

/** What a worker is started with. */
export interface PixelWorkerStart {
  readonly limits: PixelLimits;
}

interface FrameJob {
  readonly layout: PixelLayout;
  readonly bytes: Uint8Array;
  readonly firstBit: number;
}

interface DecodeJob extends FrameJob {
  readonly kind: 'decode';
}

interface RenderJob extends FrameJob {
  readonly kind: 'render';
  readonly look: Look;
}

/** As `render`, but the picture itself: one of many that become one file. */
interface RasterJob extends FrameJob {
  readonly kind: 'raster';
  readonly look: Look;
}

interface RecodeJob extends FrameJob {
  readonly kind: 'recode';
  readonly coding: TargetCoding;
}

/** `bytes` are pictures, one below the other. */
interface AnimateJob extends Omit<Raster, 'bytes'> {
  readonly kind: 'animate';
  readonly bytes: Uint8Array;
  readonly pageHeight: number;
  readonly delays: readonly number[];
}

interface PlaceholderJob {
  readonly kind: 'placeholder';
  /** None. */
  readonly bytes: Uint8Array;
  readonly of: Placeholder;
}

export type PixelJob = AnimateJob | DecodeJob | PlaceholderJob | RasterJob | RecodeJob | RenderJob;

export type PixelReply =
  | { readonly ok: true; readonly kind: 'decode'; readonly frame: DecodedFrame }
  | { readonly ok: true; readonly kind: 'recode'; readonly frame: RecodedFrame }
  | { readonly ok: true; readonly kind: 'render'; readonly frame: RenderedFrame }
  | { readonly ok: true; readonly kind: 'raster'; readonly frame: Raster }
  | { readonly ok: false; readonly code: ArchiveErrorCode; readonly message: string };

export function failure(error: unknown): PixelReply {
  const { code, message } = refusalOf(error);
  return { ok: false, code, message };
}

/** What decoding or rendering failed with, in the words of this package. */
export function refusalOf(error: unknown): ArchiveError {
  if (error instanceof ArchiveError) {
    return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ArchiveError('cannot-decode', `the image cannot be decoded: ${reason}`, { cause: error });
}
