import { sendFiles } from '@filmless/dicom-router';
import { json } from '../../support/facilities.ts';
import type { Product } from '../../support/product.ts';
import { type SmallInstance, sha256 } from '../instances.ts';
import type { KeptFile } from './receivers.ts';

/** What `/api/queues` says of a destination, as far as tests look at it. */
export interface Overview {
  readonly queued: number;
  readonly sending: number;
  readonly done: number;
  readonly aside: number;
  readonly problem: string | null;
}

/** Everything that machines store goes to the one destination. */
export async function sendEverythingTo(sender: Product, destination: object): Promise<void> {
  const added = json({ ...destination, id: 'onward', when: {} });
  const response = await sender.fetch('/api/destinations', { method: 'POST', ...added });
  if (response.status !== 201) {
    throw new Error(`the destination was answered ${response.status}: ${await response.text()}`);
  }
}

/** Sends instances by C-STORE, as a modality does; gives why any was refused. */
export async function feed(sender: Product, instances: readonly Pick<SmallInstance, 'file'>[]): Promise<readonly string[]> {
  const files = async function* () {
    for (const { file } of instances) {
      yield file;
    }
  };
  const to = { host: '127.0.0.1', port: sender.dicomPort, calledAe: sender.aeTitle, callingAe: 'CT01' };
  const { refused } = await sendFiles(to, files());
  return refused.map(({ problem }) => problem);
}

export async function overview(sender: Product): Promise<Overview> {
  const { queues } = (await (await sender.fetch('/api/queues')).json()) as { readonly queues: readonly Overview[] };
  const [queue] = queues;
  if (queue === undefined) {
    throw new Error('there is no queue');
  }
  return queue;
}

/** What is wrong with what waits, each delivery in its words. */
export async function problems(sender: Product): Promise<readonly string[]> {
  const { deliveries } = (await (await sender.fetch('/api/queues/onward')).json()) as {
    readonly deliveries: readonly { readonly state: string; readonly problem: string | null }[];
  };
  return deliveries.flatMap(({ state, problem }) => (state === 'queued' && problem !== null ? [problem] : []));
}

/** As a person does who knows that the line is there again. */
export async function hurry(sender: Product): Promise<void> {
  await sender.fetch('/api/queues/onward/retry', { method: 'POST', ...json({}) });
}

/** Says again and again that it may go on, until so many are delivered or one was set aside; gives how it then stands. */
export async function hurryUntilDone(sender: Product, instances: number, withinMs: number): Promise<Overview> {
  const until = performance.now() + withinMs;
  for (;;) {
    const queue = await overview(sender);
    if (queue.done >= instances || queue.aside > 0 || performance.now() > until) {
      return queue;
    }
    await hurry(sender);
    await pause(300);
  }
}

/** Of the pixels of an image. */
export interface PixelDigest {
  readonly length: number;
  readonly sha256: string;
}

/** Pixel Data, of an even length, stands last in a file of `smallInstance`. */
export function pixelDigest(file: Uint8Array, length: number): PixelDigest {
  return { length, sha256: sha256(file.subarray(-length)) };
}

/** What was sent again after a break is no mixture of two tries: in words, what a receiver keeps otherwise than it was sent. */
export async function otherPixels(
  files: AsyncIterable<KeptFile>,
  sent: ReadonlyMap<string, PixelDigest>,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for await (const { sop, file } of files) {
    const expected = sent.get(sop);
    if (expected !== undefined && pixelDigest(file, expected.length).sha256 !== expected.sha256) {
      problems.push(`${sop} has other pixels than were sent`);
    }
  }
  return problems;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
