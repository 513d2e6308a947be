import { parentPort, workerData } from 'node:worker_threads';
import { uprightJpeg } from './jpeg/upright.ts';
import type { UprightReply } from './pictures.ts';

function answer(): UprightReply {
  try {
    return { jpeg: uprightJpeg(workerData as Uint8Array) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage(answer());
