import { createHash } from 'node:crypto';
import type { Product } from '../../../support/product.ts';
import { type SmallInstance, smallInstance } from '../../instances.ts';
import { complaint, type HttpAnswer, HttpClient } from '../http-client.ts';

const GIB = 1024 ** 3;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Offsets that are none, or lie elsewhere than the upload stands. */
const OFFSETS: readonly (readonly [offset: string, answer: number])[] = [
  ['', 400],
  ['-1', 400],
  ['1e3', 400],
  ['0x0', 400],
  ['9999999999999999', 400],
  ['999999999999999', 409],
  ['1', 409],
];

/** Uploads in pieces, begun and gone on with as nobody should; gives what was answered otherwise than it must be. */
export async function attackUploads(product: Product, seed: string): Promise<readonly string[]> {
  using client = new HttpClient(product);
  const faults: string[] = [];
  const expect = (what: string, answer: HttpAnswer, status: number) => {
    const words = answer.status === status ? (status < 500 ? complaint(answer) : undefined) : `${answer.status}, not ${status}`;
    if (words !== undefined) {
      faults.push(`${what}: ${words} ${answer.body.toString('utf8', 0, 200)}`);
    }
  };
  const uploads = new Uploads(client);
  const small = smallInstance(seed, 1_000_001);
  for (const length of [0, -1, 1.5, 5 * GIB, 2 ** 53]) {
    expect(`an upload of ${length} bytes`, await uploads.begin(small, { length }), length === 5 * GIB ? 413 : 400);
  }
  const { id, answer } = await uploads.begun(small);
  expect('an upload', answer, 201);
  for (const [offset, status] of OFFSETS) {
    expect(`a piece at ${offset}`, await uploads.append(id, offset, small.file), status);
  }
  expect('a piece of nothing', await uploads.append(id, '0', new Uint8Array(0)), 200);
  expect('another upload', await uploads.append('0'.repeat(32), '0', small.file), 404);
  expect('no upload', await uploads.append('..%2f..%2fx', '0', small.file), 404);
  expect(
    'other bytes than announced',
    await uploads.append(
      id,
      '0',
      small.file.map((byte) => byte ^ 1),
    ),
    409,
  );
  // Of what comes too much nothing is read: it is whole, and stored.
  const long = Buffer.concat([small.file, Buffer.alloc(10_000_000)]);
  expect('more bytes than announced', await uploads.append(id, '0', long), 200);
  const honest = smallInstance(seed, 1_000_002);
  const other = await uploads.begun(honest);
  const both = await Promise.all([0, 1, 2, 3].map(() => uploads.append(other.id, '0', honest.file)));
  if (!both.some(({ status }) => status === 200) || both.some(({ status }) => status !== 200 && status !== 409)) {
    faults.push(`the same piece four times at once: ${both.map(({ status }) => status).join()}`);
  }
  await uploads.tooMany(smallInstance(seed, 1_000_003), expect);
  return faults;
}

class Uploads {
  readonly #client: HttpClient;

  constructor(client: HttpClient) {
    this.#client = client;
  }

  begin({ sop, file }: SmallInstance, changes: object = {}): Promise<HttpAnswer> {
    const body = Buffer.from(JSON.stringify({ sopInstanceUid: sop, length: file.byteLength, sha256: sha256(file), ...changes }));
    return this.#client.ask({ method: 'POST', path: '/api/uploads', headers: { 'content-type': 'application/json' }, body });
  }

  async begun(instance: SmallInstance, changes: object = {}): Promise<{ readonly id: string; readonly answer: HttpAnswer }> {
    const answer = await this.begin(instance, changes);
    const { id = '' } = JSON.parse(answer.body.toString()) as { readonly id?: string };
    return { id, answer };
  }

  append(id: string, offset: string, body: Uint8Array): Promise<HttpAnswer> {
    return this.#client.ask({ method: 'PATCH', path: `/api/uploads/${id}`, headers: { 'upload-offset': offset }, body });
  }

  /** Begins uploads of 3 GiB until there are too many, and gives them up again. */
  async tooMany(instance: SmallInstance, expect: (what: string, answer: HttpAnswer, status: number) => void): Promise<void> {
    const begun: string[] = [];
    for (let number = 0; number < 100; number += 1) {
      const { id, answer } = await this.begun(instance, { length: 3 * GIB, sha256: sha256(Buffer.from(String(number))) });
      if (answer.status !== 201) {
        expect('too many uploads', answer, 503);
        break;
      }
      begun.push(id);
    }
    expect('uploads without end', { status: begun.length < 100 ? 200 : 0, type: '', body: Buffer.alloc(0) }, 200);
    for (const id of begun) {
      expect('an upload that is given up', await this.#client.ask({ method: 'DELETE', path: `/api/uploads/${id}` }), 204);
    }
  }
}
