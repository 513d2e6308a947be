import { type Meter, NO_METER } from '@filmless/access';
import { Turns } from '@filmless/disk';
import { ArchiveError } from '../core/errors.ts';
import type {
  DecodedFrame,
  EncodedFrame,
  LosslessCoding,
  Pixels,
  RecodedFrame,
  RenderedFrame,
  RenderOptions,
} from '../core/ports.ts';
import { Admission } from './admission.ts';
import { type Display, readDisplay } from './image/display.ts';
import { type PixelLayout, readLayout } from './image/layout.ts';
import { DEFAULT_PIXEL_LIMITS, type PixelLimits } from './limits.ts';
import { WorkerPool } from './pool/worker-pool.ts';
import { isQuick, loadQuickRenderer, type QuickRenderer } from './quick-render.ts';

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
    return await this.#measured(frame.length, async () => {
      const reply = await this.#pool.run({ kind: 'decode', layout, bytes: ownBytes(await frame.read()), firstBit });
      return reply.kind === 'decode' ? reply.frame : wrongReply();
    });
  }

  async recode(frame: EncodedFrame, coding: 'native' | LosslessCoding): Promise<RecodedFrame> {
    const layout = readLayout(frame.header, frame.transferSyntaxUid, this.#limits);
    const { firstBit } = frame;
    return await this.#recoding.run(() =>
      this.#patiently(frame.length, async () => {
        const reply = await this.#pool.run({ kind: 'recode', layout, coding, bytes: ownBytes(await frame.read()), firstBit });
        return reply.kind === 'recode' ? reply.frame : wrongReply();
      }),
    );
  }

  async render(frame: EncodedFrame, options: RenderOptions): Promise<RenderedFrame> {
    const layout = readLayout(frame.header, frame.transferSyntaxUid, this.#limits);
    const { firstBit } = frame;
    return await this.#measured(frame.length, async () => {
      const display = await readDisplay(frame.header, frame.frameIndex, layout, frame.bulk);
      if (firstBit === 0 && isQuick(layout, display, options)) {
        return await this.#renderHere(frame, layout, display, options);
      }
      const read = await frame.read();
      const reply = await this.#pool.run({ kind: 'render', layout, display, options, bytes: ownBytes(read), firstBit });
      return reply.kind === 'render' ? reply.frame : wrongReply();
    });
  }

  async #renderHere(frame: EncodedFrame, layout: PixelLayout, display: Display, options: RenderOptions): Promise<RenderedFrame> {
    this.#quick ??= loadQuickRenderer(this.#limits);
    const quick = await this.#quick;
    return { bytes: await quick.render(frame, layout, display, options), mediaType: options.mediaType };
  }

  /** Waits for room, for as long as a job may take. */
  async #patiently<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    for (const until = performance.now() + this.#limits.jobTimeout; ; ) {
      try {
        return await this.#measured(bytes, work);
      } catch (error) {
        if (!(error instanceof ArchiveError) || error.code !== 'busy' || performance.now() > until) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
      }
    }
  }

  /** Refused work is no sample: it took no time. Work that failed is one. */
  async #measured<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    return await this.#admission.run(bytes, async () => {
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
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

function wrongReply(): never {
  throw new ArchiveError('cannot-decode', 'the decoder answered another question');
}
