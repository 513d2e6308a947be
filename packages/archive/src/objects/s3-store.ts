import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ByteRange } from '@filmless/dicom';
import type { Envelope } from '../core/envelope.ts';
import { ArchiveError } from '../core/errors.ts';
import { encodeFooter, type Member as FooterMember, readFooter } from '../core/footer.ts';
import type { ArchiveLimits } from '../core/limits.ts';
import type {
  DerivedKind,
  FoundObject,
  JoinedObjects,
  LivingRuns,
  NewObject,
  ObjectStore,
  StoreRuns,
} from '../core/object-store.ts';
import { S3Client, type S3Options } from './s3-client.ts';
import { deletedBy, derivedKey, memberKey, OBJECT, type Place, placeOf, tombstoneKey } from './s3-keys.ts';
import { type Member, type PackLimits, Packs } from './s3-packs.ts';
import { newRun, runOf, S3Parts } from './s3-parts.ts';
import { S3Pieces } from './s3-pieces.ts';
import { instancesIn, UnreadableFooter } from './s3-walk.ts';

export type S3Limits = PackLimits & Pick<ArchiveLimits, 'storeAnswerMs'>;

/** Footers kept for the next member of the same pack that is asked for. */
const FOOTERS = 64;

/**
 * Objects in a bucket of MinIO, Ceph RGW or any other S3. What waits together goes up as one object, a pack: the instances one
 * behind the other, then one footer. The address of a member is `<pack>@<offset>+<size>`.
 */
export class S3Store implements ObjectStore {
  readonly pieces: S3Pieces;
  readonly #client: S3Client;
  readonly #parts: S3Parts;
  readonly #packs: Packs;
  readonly #footers = new Map<string, Promise<readonly FooterMember[]>>();

  private constructor(client: S3Client, limits: PackLimits) {
    this.#client = client;
    this.pieces = new S3Pieces(client);
    this.#parts = new S3Parts(client);
    this.#packs = new Packs((members) => this.#sendPack(members), limits);
  }

  /** Makes the bucket when it is not there yet. @throws ArchiveError `store-away` */
  static async open(options: S3Options, limits: S3Limits): Promise<S3Store> {
    return new S3Store(await S3Client.open(options, limits.storeAnswerMs), limits);
  }

  async put({ content, envelope }: NewObject): Promise<string> {
    return 'pieces' in content
      ? await this.#packs.put({ pieces: content.pieces, envelope })
      : await this.#sendFile(content.path, envelope);
  }

  settled(objectKey: string): void {
    this.#parts.settled(objectKey);
  }

  async deleteDerived(objectKey: string, kind: DerivedKind): Promise<void> {
    await this.#client.remove(derivedKey(objectKey, kind));
  }

  async putDerived(objectKey: string, bytes: Uint8Array, kind: DerivedKind = 'inflated'): Promise<string> {
    const key = derivedKey(objectKey, kind);
    await this.#client.put(key, asBuffer(bytes));
    return key;
  }

  derivedKey(objectKey: string, kind?: DerivedKind): string {
    return derivedKey(objectKey, kind);
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const place = await this.#place(key);
    const stream = await this.#client.get(place.object, within(place, range), signal);
    return streamed(stream);
  }

  async readBytes(key: string, range: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    const place = await this.#place(key);
    return await this.#client.getBytes(place.object, within(place, range) ?? range, signal);
  }

  async size(key: string): Promise<number | undefined> {
    const place = placeOf(key);
    if (!place.object.endsWith(OBJECT)) {
      return await this.#client.size(place.object);
    }
    if ((await this.#client.size(place.object)) === undefined || (await this.#isDeleted(place))) {
      return undefined;
    }
    return place.size ?? (await this.#place(key)).size;
  }

  async envelope(objectKey: string): Promise<Envelope> {
    return (await this.#member(placeOf(objectKey))).envelope;
  }

  /** A member of a pack is marked as removed; with the last one the pack goes. */
  async delete(objectKey: string): Promise<void> {
    const place = placeOf(objectKey);
    const size = await this.#client.size(place.object);
    if (size !== undefined) {
      const members = await this.#footer(place.object).catch(notMore);
      if (members.length > 1) {
        await this.#client.put(tombstoneKey(place), Buffer.alloc(0));
      }
      if (members.length <= 1 || (await this.#tombstones(place.object)).length >= members.length) {
        await this.#client.remove(place.object);
        this.#footers.delete(place.object);
        await this.#removeTombstones(place.object);
      }
    }
    await Promise.all([this.deleteDerived(objectKey, 'inflated'), this.deleteDerived(objectKey, 'progressive')]);
    this.#parts.settled(objectKey);
  }

  async *objects(): AsyncIterable<FoundObject> {
    yield* instancesIn(this.#client.list(''), (pack) => this.#readFooter(pack.key, pack.size));
  }

  get joined(): JoinedObjects {
    const client = this.#client;
    return {
      follows: (objectKey, next) => {
        const [one, other] = [placeOf(objectKey), placeOf(next)];
        return one.object === other.object && one.size !== undefined && one.offset + one.size === other.offset;
      },
      read: async (first, last, signal) => {
        const [from, to] = [placeOf(first), placeOf(last)];
        const length = to.offset + (to.size ?? 0) - from.offset;
        return streamed(await client.get(from.object, { offset: from.offset, length }, signal));
      },
    };
  }

  get runs(): StoreRuns {
    const parts = this.#parts;
    return {
      get current() {
        return parts.run;
      },
      next: newRun,
      goOnIn: (run) => parts.goOnIn(run),
      of: runOf,
    };
  }

  async *unsettled(living: LivingRuns = nobody): AsyncIterable<FoundObject> {
    for await (const entries of this.#parts.unsettled(living)) {
      for await (const found of instancesIn(entries, (pack) => this.#readFooter(pack.key, pack.size))) {
        this.#parts.pending(found.objectKey);
        yield found;
      }
    }
  }

  async problem(): Promise<string | undefined> {
    return await this.#client.problem();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#packs.idle();
    await this.#parts.end();
    this.#client[Symbol.dispose]();
  }

  async #sendPack(members: readonly Member[]): Promise<readonly string[]> {
    let offset = 0;
    const placed = members.map(({ envelope }) => {
      const member = { offset, envelope };
      offset += envelope.size;
      return member;
    });
    return await this.#send(placed, async (object, footer) => {
      await this.#client.put(object, Buffer.concat([...members.flatMap(({ pieces }) => pieces), footer]));
    });
  }

  async #sendFile(path: string, envelope: Envelope): Promise<string> {
    const [key = ''] = await this.#send([{ offset: 0, envelope }], async (object, footer) => {
      await this.#client.putStream(object, fileThen(path, envelope.size, footer));
    });
    return key;
  }

  async #send(
    members: readonly FooterMember[],
    upload: (object: string, footer: Uint8Array) => Promise<void>,
  ): Promise<readonly string[]> {
    this.#client.check();
    const object = this.#parts.newObject();
    try {
      await upload(object, encodeFooter(object, members));
    } catch (error) {
      // NOTE: it may be there, or still come to be there, all the same: it stays pending, and `recover` looks. Nobody waits
      // for the store a second time to hear that it does not answer.
      this.#client.remove(object).catch(() => undefined);
      throw error;
    }
    const keys = members.map(({ offset, envelope }) => memberKey(object, offset, envelope.size));
    for (const key of keys) {
      this.#parts.pending(key);
    }
    this.#parts.settled(object);
    return keys;
  }

  /** With the size, so that nothing behind the member is given out. */
  async #place(key: string): Promise<Place> {
    const place = placeOf(key);
    return place.size !== undefined || !place.object.endsWith(OBJECT)
      ? place
      : { ...place, size: (await this.#member(place)).envelope.size };
  }

  async #member(place: Place): Promise<FooterMember> {
    const member = (await this.#footer(place.object)).find(({ offset }) => offset === place.offset);
    if (member === undefined) {
      throw new ArchiveError('not-found', `object ${place.object} has no member at ${place.offset}`);
    }
    return member;
  }

  #footer(object: string): Promise<readonly FooterMember[]> {
    const known = this.#footers.get(object);
    if (known !== undefined) {
      return known;
    }
    const reading = this.#readFooter(object);
    reading.catch(() => this.#footers.delete(object));
    this.#footers.set(object, reading);
    if (this.#footers.size > FOOTERS) {
      const [oldest = ''] = this.#footers.keys();
      this.#footers.delete(oldest);
    }
    return reading;
  }

  async #readFooter(object: string, known?: number): Promise<readonly FooterMember[]> {
    const size = known ?? (await this.#client.size(object));
    if (size === undefined) {
      throw new ArchiveError('not-found', `object ${object} is missing from the store`);
    }
    const read = (offset: number, length: number) => this.#client.getBytes(object, { offset, length });
    const footer = await readFooter(read, size, object);
    if ('broken' in footer) {
      throw new UnreadableFooter(object, footer.reason);
    }
    return footer.members;
  }

  async #isDeleted(place: Place): Promise<boolean> {
    return (await this.#client.size(tombstoneKey(place))) !== undefined;
  }

  async #tombstones(object: string): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { key } of this.#client.list(`${object}.`)) {
      if (deletedBy(key) !== undefined) {
        found.push(key);
      }
    }
    return found;
  }

  async #removeTombstones(object: string): Promise<void> {
    for (const key of await this.#tombstones(object)) {
      await this.#client.remove(key);
    }
  }
}

function streamed(stream: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(stream, { strategy: { highWaterMark: 1 } }) as ReadableStream<Uint8Array>;
}

async function nobody(): Promise<ReadonlySet<string>> {
  return new Set();
}

/** An object whose footer cannot be read is one that nobody can name members of: it goes as a whole. */
function notMore(error: unknown): readonly FooterMember[] {
  if (error instanceof ArchiveError && error.code === 'not-found') {
    return [];
  }
  throw error;
}

/** A range of a member as one of its object. Undefined is all of it. */
function within({ offset, size }: Place, range: ByteRange | undefined): ByteRange | undefined {
  if (size === undefined) {
    return range;
  }
  const from = Math.min(range?.offset ?? 0, size);
  return { offset: offset + from, length: Math.min(range?.length ?? size, size - from) };
}

/** A file up to where its content ends, then the footer. */
async function* fileThen(path: string, size: number, footer: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield* createReadStream(path, { end: size - 1 });
  yield footer;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
