import { setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { FrameDecoder } from '../decode/decode-frame.ts';
import { toDecodedFrame } from '../decode/decoded-frame.ts';
import { withinStored } from '../decode/within-stored.ts';
import { FrameEncoder } from '../encode/encode-frame.ts';
import { recodeFrame } from '../encode/recode-frame.ts';
import type { PixelLimits } from '../limits.ts';
import { configureEncoder, encodeAnimation } from '../render/encode.ts';
import { drawPlaceholder } from '../render/placeholder.ts';
import { rasterOf, renderFrame } from '../render/render-frame.ts';
import { failure, type PixelJob, type PixelReply, type PixelWorkerStart } from './messages.ts';

interface Tools {
  readonly decoder: FrameDecoder;
  readonly encoder: FrameEncoder;
  readonly limits: PixelLimits;
}

/** A picture in memory that can be handed over: the encoder's cannot. */
const copied = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

async function done(tools: Tools, job: PixelJob): Promise<PixelReply> {
  if (job.kind === 'placeholder') {
    const { bytes, mediaType } = await drawPlaceholder(job.of);
    return { ok: true, kind: 'render', frame: { bytes: copied(bytes), mediaType } };
  }
  if (job.kind === 'animate') {
    const bytes = await encodeAnimation(job, job.pageHeight, job.delays);
    return { ok: true, kind: 'render', frame: { bytes: copied(bytes), mediaType: 'image/gif' } };
  }
  const { decoder, encoder, limits } = tools;
  const { layout } = job;
  const samples = await decoder.decode(job.bytes, job.firstBit, layout);
  switch (job.kind) {
    case 'decode':
      return { ok: true, kind: 'decode', frame: toDecodedFrame(samples, layout) };
    case 'recode': {
      const kept = layout.lossy ? withinStored(samples, layout) : samples;
      const native = job.coding === 'native';
      const frame = native ? toDecodedFrame(kept, layout) : await recodeFrame(encoder, decoder, kept, layout, job.coding);
      return { ok: true, kind: 'recode', frame };
    }
    case 'render': {
      const { mediaType } = job.look.options;
      const bytes = copied(await renderFrame(samples, layout, job.look, limits));
      return { ok: true, kind: 'render', frame: { bytes, mediaType } };
    }
    case 'raster':
      return { ok: true, kind: 'raster', frame: await rasterOf(samples, layout, job.look, limits) };
  }
}

async function run(tools: Tools, job: PixelJob): Promise<PixelReply> {
  try {
    return await done(tools, job);
  } catch (error) {
    return failure(error);
  }
}

/** The answer's bytes are handed over, not copied, where they are all of their buffer. */
function handOver(reply: PixelReply): ArrayBuffer[] {
  const bytes = reply.ok ? reply.frame.bytes : undefined;
  return bytes?.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [];
}

/** Below the thread that answers, and those that search: they take what they need of a busy machine, and pictures the rest. */
const NICENESS = 10;

function giveWay(): void {
  // NOTE: elsewhere it is the whole process that would give way. On Linux 0 is the calling thread. setpriority(2).
  if (process.platform === 'linux') {
    try {
      setPriority(0, NICENESS);
    } catch {
      // A sandbox may forbid it: pictures are made all the same.
    }
  }
}

function main(port: MessagePort, { limits }: PixelWorkerStart): void {
  giveWay();
  configureEncoder();
  const tools: Tools = { decoder: new FrameDecoder(limits), encoder: new FrameEncoder(), limits };
  port.on('message', (job: PixelJob) => {
    void run(tools, job).then((reply) => port.postMessage(reply, handOver(reply)));
  });
}

if (parentPort !== null) {
  main(parentPort, workerData as PixelWorkerStart);
}
