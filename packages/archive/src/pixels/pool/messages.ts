import { ArchiveError, type ArchiveErrorCode } from '../../core/errors.ts';
import type { DecodedFrame, LosslessCoding, RecodedFrame, RenderedFrame, RenderOptions } from '../../core/ports.ts';
import type { Display } from '../image/display.ts';
import type { PixelLayout } from '../image/layout.ts';
import type { PixelLimits } from '../limits.ts';

/** What a worker is started with. */
export interface PixelWorkerStart {
  readonly limits: PixelLimits;
}

interface FrameJob {
  readonly layout: PixelLayout;
  readonly bytes: Uint8Array;
  readonly firstBit: number;
}

export interface DecodeJob extends FrameJob {
  readonly kind: 'decode';
}

interface RenderJob extends FrameJob {
  readonly kind: 'render';
  readonly display: Display;
  readonly options: RenderOptions;
}

interface RecodeJob extends FrameJob {
  readonly kind: 'recode';
  readonly coding: 'native' | LosslessCoding;
}

export type PixelJob = DecodeJob | RecodeJob | RenderJob;

export type PixelReply =
  | { readonly ok: true; readonly kind: 'decode'; readonly frame: DecodedFrame }
  | { readonly ok: true; readonly kind: 'recode'; readonly frame: RecodedFrame }
  | { readonly ok: true; readonly kind: 'render'; readonly frame: RenderedFrame }
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
