import type { Subject } from '@filmless/access';
import type { Router } from '@filmless/dicom-router';
import { SERVER_LIMITS } from '../limits.ts';
import { inProcess } from './parts.ts';

/** How many deliveries wait, are being sent, or wait for a person. */
export interface QueueLengths {
  readonly queued: number;
  readonly sending: number;
  readonly aside: number;
}

const NONE: QueueLengths = { queued: 0, sending: 0, aside: 0 };

/** The server looking after itself. */
const WATCH: Subject = {
  kind: 'service',
  id: 'watch',
  name: 'watch',
  rights: new Set(['administer']),
  facilities: 'all',
};

/** Asks for the queues now and then: they are counted row by row, and readiness and figures are asked for every few seconds. */
export function watchQueues(router: Router | undefined): () => Promise<QueueLengths> {
  let last: { readonly at: number; readonly lengths: Promise<QueueLengths> } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at > SERVER_LIMITS.queueCheck) {
      last = { at: now, lengths: router === undefined ? Promise.resolve(NONE) : queueLengths(router) };
    }
    return last.lengths;
  };
}

/** Asks the router as its page does. @throws when the router does not answer as it should */
async function queueLengths(router: Router): Promise<QueueLengths> {
  const request = new Request('http://localhost/api/queues', { headers: { host: 'localhost' } });
  const response = await inProcess(router.app, WATCH)(request);
  if (response.status === 404) {
    return NONE;
  }
  if (!response.ok) {
    throw new Error(`the queues answered ${response.status}`);
  }
  return parseQueues(await response.json());
}

function parseQueues(answer: unknown): QueueLengths {
  const queues: unknown = typeof answer === 'object' && answer !== null && 'queues' in answer ? answer.queues : [];
  const sum = { ...NONE };
  for (const queue of Array.isArray(queues) ? queues : []) {
    const counts = new Map<string, unknown>(Object.entries(queue ?? {}));
    for (const state of ['queued', 'sending', 'aside'] as const) {
      sum[state] += Number(counts.get(state) ?? 0);
    }
  }
  return sum;
}
