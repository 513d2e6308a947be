import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { FrameDecoder } from '../decode/decode-frame.ts';
import { toDecodedFrame } from '../decode/decoded-frame.ts';
import { withinStored } from '../decode/within-stored.ts';
import { FrameEncoder } from '../encode/encode-frame.ts';
import { recodeFrame } from '../encode/recode-frame.ts';
import type { PixelLimits } from '../limits.ts';
import { configureEncoder } from '../render/encode.ts';
import { renderFrame } from '../render/render-frame.ts';
import { failure, type PixelJob, type PixelReply, type PixelWorkerStart } from './messages.ts';

async function run(decoder: FrameDecoder, encoder: FrameEncoder, job: PixelJob, limits: PixelLimits): Promise<PixelReply> {
  try {
    const samples = await decoder.decode(job.bytes, job.firstBit, job.layout);
    switch (job.kind) {
      case 'decode':
        return { ok: true, kind: 'decode', frame: toDecodedFrame(samples, job.layout) };
      case 'recode': {
        const { layout, coding } = job;
        const kept = layout.lossy ? withinStored(samples, layout) : samples;
        const frame =
          coding === 'native' ? toDecodedFrame(kept, layout) : await recodeFrame(encoder, decoder, kept, layout, coding);
        return { ok: true, kind: 'recode', frame };
      }
      case 'render': {
        const bytes = await renderFrame(samples, job.layout, job.display, job.options, limits);
        return { ok: true, kind: 'render', frame: { bytes, mediaType: job.options.mediaType } };
      }
    }
  } catch (error) {
    return failure(error);
  }
}

/** The answer's bytes are handed over, not copied, where they are all of their buffer. */
function handOver(reply: PixelReply): ArrayBuffer[] {
  const bytes = reply.ok ? reply.frame.bytes : undefined;
  return bytes?.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [];
}

function main(port: MessagePort, { limits }: PixelWorkerStart): void {
  configureEncoder();
  const decoder = new FrameDecoder(limits);
  const encoder = new FrameEncoder();
  port.on('message', (job: PixelJob) => {
    void run(decoder, encoder, job, limits).then((reply) => port.postMessage(reply, handOver(reply)));
  });
}

if (parentPort !== null) {
  main(parentPort, workerData as PixelWorkerStart);
}
