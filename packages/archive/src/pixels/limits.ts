import { ArchiveError } from '../core/errors.ts';

/** What one frame may cost; a header can name any measure, so it is checked before memory is taken. */
export interface PixelLimits {
  /** Rows x columns of one frame. */
  readonly maxPixels: number;
  /** Bytes of one decoded frame. */
  readonly maxDecodedBytes: number;
  /** Columns x rows of one rendered image. */
  readonly maxRenderedPixels: number;
  /** Columns x rows of all pictures of one that moves. */
  readonly maxAnimatedPixels: number;
  /** Pictures of one that moves. */
  readonly maxAnimatedFrames: number;
  /** Frames being read, waiting for a worker or worked on; one more is refused, and of pictures three quarters of them. */
  readonly maxJobs: number;
  /** Encoded bytes of the frames that are read or worked on; those that would be more wait. */
  readonly maxJobBytes: number;
  /** Rows x columns of a frame from which on its rendering leaves a thread to others. */
  readonly heavyPixels: number;
  /** Milliseconds one job may run; then its worker is replaced. */
  readonly jobTimeout: number;
  /** Milliseconds a worker without a job is kept: with its decoders it holds some 100 MB. */
  readonly workerIdle: number;
}

export const DEFAULT_PIXEL_LIMITS: PixelLimits = {
  maxPixels: 100_000_000,
  maxDecodedBytes: 512 * 1024 * 1024,
  maxRenderedPixels: 64_000_000,
  maxAnimatedPixels: 32_000_000,
  maxAnimatedFrames: 1000,
  maxJobs: 256,
  maxJobBytes: 512 * 1024 * 1024,
  heavyPixels: 2_000_000,
  jobTimeout: 60_000,
  workerIdle: 120_000,
};

/** @throws ArchiveError `limit-exceeded` */
export function checkSize(rows: number, columns: number, samples: number, bits: number, limits: PixelLimits): void {
  const pixels = rows * columns;
  const bytes = (pixels * samples * Math.max(8, bits)) / 8;
  if (pixels > limits.maxPixels || bytes > limits.maxDecodedBytes) {
    throw new ArchiveError(
      'limit-exceeded',
      `a frame of ${columns} x ${rows} pixels (${Math.ceil(bytes / 1_048_576)} MiB decoded) is larger than this server decodes`,
    );
  }
}
