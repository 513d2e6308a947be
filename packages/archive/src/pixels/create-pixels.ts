import { type Meter, NO_METER } from '@filmless/access';
import { Turns } from '@filmless/disk';
import { ArchiveError } from '../core/errors.ts';
import type {
  DecodedFrame,
  EncodedFrame,
  Pixels,
  Placeholder,
  RecodedFrame,
  RenderedFrame,
  RenderOptions,
  TargetCoding,
} from '../core/ports.ts';
import { Admission } from './admission.ts';
import { animatedViewport, joinPages } from './animation.ts';
import { type PixelLayout, readLayout } from './image/layout.ts';
import { DEFAULT_PIXEL_LIMITS, type PixelLimits } from './limits.ts';
import { lookOf } from './look-of.ts';
import { type PlannedJob, WorkerPool } from './pool/worker-pool.ts';
import { isQuick, loadQuickRenderer, type QuickRenderer } from './quick-render.ts';
import type { Raster } from './render/encode.ts';
import type { Look } from './render/render-frame.ts';

export interface PixelsOptions {
  /** Threads that decode; 2 unless said otherwise. */
  readonly workers?: number;
  readonly limits?: Partial<PixelLimits>;
  /** Takes the time of each frame, from being let in to its last byte: stage `render`. */
  readonly meter?: Meter;
}

/** Starts the pixel port; threads are started when they are first needed. */
export function createPixels(options: PixelsOptions = {}): Promise<Pixels> {
  const limits: PixelLimits = { ...DEFAULT_PIXEL_LIMITS, ...options.limits };
  const workers = options.workers ?? 2;
  return Promise.resolve(new PooledPixels(limits, new WorkerPool(workers, limits), workers, options.meter ?? NO_METER));
}

/** Between two tries to find room. */
const BUSY_WAIT_MS = 50;

/** Reads what the header says here, so that only the little a frame needs goes to a thread, and works there. */
class PooledPixels implements Pixels {
  readonly #limits: PixelLimits;
  readonly #pool: WorkerPool;
  readonly #admission: Admission;
  readonly #meter: Meter;

  #quick: Promise<QuickRenderer> | undefined;

  /** Of whole instances, as many frames as there are threads: whoever looks at one waits for one of them, not for a study. */
  readonly #recoding: Turns;
  /** One at a time: all pictures of it are held. */
  readonly #animating = new Turns(1);

  constructor(limits: PixelLimits, pool: WorkerPool, workers: number, meter: Meter) {
    this.#limits = limits;
    this.#meter = meter;
    this.#pool = pool;
    this.#recoding = new Turns(workers);
    this.#admission = new Admission(limits);
  }

  async decode(frame: EncodedFrame): Promise<DecodedFrame> {
    const layout = readLayout(frame.header, frame.transferSyntaxUid, this.#limits);
    const { firstBit } = frame;
    return await this.#measured('frame', async () => {
      const read = async () => ({ kind: 'decode', layout, bytes: await ownBytes(frame), firstBit }) as const;
      const reply = await this.#pool.run(this.#plan('frame', frame, layout, read));
      return reply.kind === 'decode' ? reply.frame : wrongReply();
    });
  }

  async recode(frame: EncodedFrame, coding: TargetCoding, purpose: 'frame' | 'instance' = 'instance'): Promise<RecodedFrame> {
    const layout = readLayout(frame.header, frame.transferSyntaxUid, this.#limits);
    const { firstBit } = frame;
    const work = async () => {
      const read = async () => ({ kind: 'recode', layout, coding, bytes: await ownBytes(frame), firstBit }) as const;
      const reply = await this.#pool.run(this.#plan(purpose, frame, layout, read));
      return reply.kind === 'recode' ? reply.frame : wrongReply();
    };
    return purpose === 'frame'
      ? await this.#measured('frame', work)
      : await this.#recoding.run(() => this.#patiently(() => this.#measured('instance', work)));
  }

  async render(frame: EncodedFrame, options: RenderOptions): Promise<RenderedFrame> {
    const layout = readLayout(frame.header, frame.transferSyntaxUid, this.#limits);
    const { firstBit } = frame;
    return await this.#measured('picture', async () => {
      const look = await lookOf(frame, layout, options);
      if (firstBit === 0 && isQuick(layout, look.display, options)) {
        return await this.#renderHere(frame, layout, look);
      }
      const read = async () => ({ kind: 'render', layout, look, bytes: await ownBytes(frame), firstBit }) as const;
      const reply = await this.#pool.run(this.#plan('picture', frame, layout, read));
      return reply.kind === 'render' ? reply.frame : wrongReply();
    });
  }

  async animate(frames: readonly EncodedFrame[], delays: readonly number[], options: RenderOptions): Promise<RenderedFrame> {
    const [first] = frames;
    if (first === undefined || frames.length > this.#limits.maxAnimatedFrames) {
      throw new ArchiveError('limit-exceeded', `A moving picture has 1 to ${this.#limits.maxAnimatedFrames} frames.`);
    }
    const layout = readLayout(first.header, first.transferSyntaxUid, this.#limits);
    return await this.#measured('picture', () =>
      this.#animating.run(async () => {
        const { display } = await lookOf(first, layout, options);
        const viewport = options.viewport ?? animatedViewport(layout, display.aspect, frames.length, this.#limits);
        const fitted = viewport === undefined ? options : { ...options, viewport };
        const pages = await joinPages(frames, this.#limits, (frame) => this.#raster(frame, layout, fitted));
        const read = () => Promise.resolve({ kind: 'animate', ...pages, delays } as const);
        const reply = await this.#pool.run({ lane: 'picture', bytes: 0, heavy: true, read });
        return reply.kind === 'render' ? reply.frame : wrongReply();
      }),
    );
  }

  async placeholder(of: Placeholder): Promise<RenderedFrame> {
    return await this.#measured('picture', async () => {
      const read = () => Promise.resolve({ kind: 'placeholder', bytes: new Uint8Array(), of } as const);
      const reply = await this.#pool.run({ lane: 'picture', bytes: 0, heavy: false, read });
      return reply.kind === 'render' ? reply.frame : wrongReply();
    });
  }

  async #raster(frame: EncodedFrame, layout: PixelLayout, options: RenderOptions): Promise<Raster> {
    const look = await lookOf(frame, layout, options);
    const { firstBit } = frame;
    const read = async () => ({ kind: 'raster', layout, look, bytes: await ownBytes(frame), firstBit }) as const;
    const reply = await this.#pool.run(this.#plan('picture', frame, layout, read));
    return reply.kind === 'raster' ? reply.frame : wrongReply();
  }

  #plan(
    lane: PlannedJob['lane'],
    { length }: EncodedFrame,
    { rows, columns }: PixelLayout,
    read: PlannedJob['read'],
  ): PlannedJob {
    return { lane, bytes: length, heavy: rows * columns >= this.#limits.heavyPixels, read };
  }

  async #renderHere(frame: EncodedFrame, layout: PixelLayout, { display, options }: Look): Promise<RenderedFrame> {
    this.#quick ??= loadQuickRenderer(this.#limits);
    const quick = await this.#quick;
    return { bytes: await quick.render(frame, layout, display, options), mediaType: options.mediaType };
  }

  /** Waits for room, for as long as a job may take. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (const until = performance.now() + this.#limits.jobTimeout; ; ) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ArchiveError) || error.code !== 'busy' || performance.now() > until) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
      }
    }
  }

  /** Refused work is no sample: it took no time. Work that failed is one. */
  async #measured<T>(lane: PlannedJob['lane'], work: () => Promise<T>): Promise<T> {
    return await this.#admission.run(lane === 'frame', async () => {
      const began = performance.now();
      try {
        return await work();
      } finally {
        this.#meter.observe('render', (performance.now() - began) / 1000);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}

/** Bytes that a thread can take over without a copy: all of their buffer. Small ones are part of one that others use. */
async function ownBytes(frame: EncodedFrame): Promise<Uint8Array> {
  const bytes = await frame.read();
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

function wrongReply(): never {
  throw new ArchiveError('cannot-decode', 'the decoder answered another question');
}
