import { join } from 'node:path';
import { type DataSet, parseDicomJson } from '@filmless/dicom';
import { expect } from 'vitest';
import { type Product, ROOT } from './product.ts';
import { PYTHON, run } from './run.ts';
import type { SecureLine } from './tls.ts';

const SCRIPT = join(ROOT, 'packages', 'dicom-router', 'test', 'interop', 'peers', 'modality.py');

/** What a modality was told of its images. */
export interface CommitmentReport {
  /** 1: all are safe; 2: some are not. */
  readonly type: number;
  readonly committed: readonly string[];
  /** SOP Instance UID and Failure Reason. */
  readonly failed: readonly (readonly [string, number])[];
  /** It came on the association that asked. */
  readonly same: boolean;
}

/** A modality made of pynetdicom, at work with a product. */
export class Modality {
  readonly #product: Product;
  readonly #title: string;
  readonly #secure: SecureLine | undefined;

  /** It speaks TLS when it is given what for. */
  constructor(product: Product, title: string, secure?: SecureLine) {
    this.#product = product;
    this.#title = title;
    this.#secure = secure;
  }

  /** Its worklist. */
  async worklist(identifier: DataSet): Promise<readonly DataSet[]> {
    const { statuses, found } = (await this.#run({ do: 'worklist', identifier })) as { statuses: number[]; found: unknown[] };
    expect(statuses.at(-1)).toBe(0);
    return found.map(parseDicomJson);
  }

  /** N-CREATE of a performed procedure step; gives the status. */
  async begin(uid: string, dataSet: DataSet): Promise<number> {
    return await this.#step({ do: 'create', uid, dataSet });
  }

  /** N-SET; likewise. */
  async change(uid: string, dataSet: DataSet): Promise<number> {
    return await this.#step({ do: 'set', uid, dataSet });
  }

  /** Asks whether instances are safe, and gives what it was told; it leaves before that when it can be called (`listen`). */
  async commit(
    transaction: string,
    instances: readonly (readonly [sopClass: string, sopInstance: string])[],
    listen?: number,
  ): Promise<readonly CommitmentReport[]> {
    const where = listen === undefined ? {} : { listen, leave: true };
    const answer = (await this.#run({ do: 'commit', transaction, instances, ...where })) as {
      readonly status: number;
      readonly reports: readonly CommitmentReport[];
    };
    expect(answer.status).toBe(0);
    return answer.reports;
  }

  async #step(step: object): Promise<number> {
    const [answer] = (await this.#run({ do: 'mpps', steps: [step] })) as readonly { readonly status: number }[];
    return answer?.status ?? -1;
  }

  async #run(job: object): Promise<unknown> {
    const input = JSON.stringify({ port: this.#product.dicomPort, calling: this.#title, ...this.#secure, ...job });
    const { code, stdout, stderr } = await run(PYTHON, [SCRIPT], { input });
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  }
}
