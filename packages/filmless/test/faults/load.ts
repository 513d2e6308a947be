import { sendFiles } from '@filmless/dicom-router';
import type { Product } from '../support/product.ts';
import { type SmallInstance, smallInstance } from './instances.ts';

const ASSOCIATIONS = 4;
/** Instances one association sends before it is released and another is opened. */
const SERIES_LENGTH = 40;
const STOW_AT_ONCE = 2;
const STOW_PARTS = 5;
/** One image in so many is too long for memory and goes through a file. */
const LARGE_EVERY = 25;
const LARGE_SIDE = 1500;
const REFERENCED_SOP_SEQUENCE = '00081199';
const REFERENCED_SOP_INSTANCE_UID = '00081155';

export interface Sent extends Omit<SmallInstance, 'file'> {
  readonly number: number;
  acknowledged: boolean;
}

/** What all senders sent so far, by SOP Instance UID. */
export class Ledger {
  readonly sent: Map<string, Sent> = new Map<string, Sent>();
  /** What a sender was told though nothing had been done to the server yet. */
  readonly complaints: string[] = [];
  readonly #seed: string;
  #next = 0;
  #again: number[] = [];

  constructor(seed: string) {
    this.#seed = seed;
  }

  get acknowledged(): readonly Sent[] {
    return [...this.sent.values()].filter((entry) => entry.acknowledged);
  }

  /** Has all that was not acknowledged sent again, as a modality does. */
  retry(): void {
    this.#again = [...this.sent.values()].filter((entry) => !entry.acknowledged).map(({ number }) => number);
  }

  take(): SmallInstance {
    const number = this.#again.shift() ?? this.#next++;
    const instance = smallInstance(this.#seed, number, number % LARGE_EVERY === LARGE_EVERY - 1 ? LARGE_SIDE : undefined);
    if (!this.sent.has(instance.sop)) {
      const { file: _, ...facts } = instance;
      this.sent.set(instance.sop, { ...facts, number, acknowledged: false });
    }
    return instance;
  }

  acknowledge(sop: string): void {
    const entry = this.sent.get(sop);
    if (entry !== undefined) {
      entry.acknowledged = true;
    }
  }
}

/** Sends by four associations and by HTTP until the signal, or until the server is gone. Resolves when all senders ended. */
export async function load(product: Product, ledger: Ledger, until: AbortSignal): Promise<void> {
  const senders = [
    ...Array.from({ length: ASSOCIATIONS }, () => () => sendByDimse(product, ledger, until)),
    ...Array.from({ length: STOW_AT_ONCE }, () => () => sendByStow(product, ledger, until)),
  ];
  await Promise.all(senders.map((send) => untilItFails(send, until)));
}

/** What a sender meets once the server is being ended is what this test brings about; before that it is a complaint. */
async function untilItFails(send: () => Promise<void>, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    try {
      await send();
    } catch (error) {
      if (!until.aborted) {
        throw error;
      }
    }
  }
}

async function sendByDimse(product: Product, ledger: Ledger, until: AbortSignal): Promise<void> {
  const node = { host: '127.0.0.1', port: product.dicomPort, calledAe: product.aeTitle, callingAe: 'FAULTS' };
  async function* files(): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < SERIES_LENGTH && !until.aborted; count += 1) {
      const { sop, file } = ledger.take();
      yield file;
      // NOTE: the next file is asked for once the last was answered; an answer that refuses is complained about below.
      ledger.acknowledge(sop);
    }
  }
  const { refused } = await sendFiles(node, files());
  ledger.complaints.push(...refused.map(({ problem }) => problem));
}

async function sendByStow(product: Product, ledger: Ledger, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    const response = await stow(
      product,
      Array.from({ length: STOW_PARTS }, () => ledger.take().file),
    );
    const text = await response.text();
    if (response.status !== 200) {
      ledger.complaints.push(`STOW answered ${response.status}: ${text}`);
    }
    for (const sop of referenced(text)) {
      ledger.acknowledge(sop);
    }
  }
}

export async function stow(product: Product, files: readonly Uint8Array<ArrayBuffer>[]): Promise<Response> {
  const parts = files.flatMap((file) => ['--part\r\ncontent-type: application/dicom\r\n\r\n', file, '\r\n']);
  return await product.fetch('/dicom-web/studies', {
    method: 'POST',
    headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=part', accept: 'application/dicom+json' },
    body: new Blob([...parts, '--part--\r\n']),
  });
}

/** SOP Instance UIDs that a Store Instances response names as stored. PS3.18 10.5.3. */
function referenced(json: string): readonly string[] {
  const items = (JSON.parse(json) as Record<string, { Value?: Record<string, { Value?: string[] }>[] }>)[REFERENCED_SOP_SEQUENCE];
  return (items?.Value ?? []).map((item) => item[REFERENCED_SOP_INSTANCE_UID]?.Value?.[0] ?? '');
}
