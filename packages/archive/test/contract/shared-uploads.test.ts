import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { OneProcess } from '../../src/core/processes/processes.ts';
import type { StoreOutcome } from '../../src/core/store-outcome.ts';
import { SharedUploads } from '../../src/core/uploads/shared-uploads.ts';
import type { PieceStore } from '../../src/core/uploads/upload-records.ts';
import { SqlRecords } from '../../src/records/sql-records.ts';
import { from, openTestArchive, type TestArchive } from '../support/archive.ts';
import { recordsPlace, releaseDatabase } from '../support/engine.ts';
import { objectFile } from '../support/objects.ts';

class Pieces implements PieceStore {
  readonly kept = new Map<string, Uint8Array>();

  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.kept.set(key, bytes.slice());
  }

  async read(key: string): Promise<ReadableStream<Uint8Array>> {
    const bytes = this.kept.get(key);
    if (bytes === undefined) {
      throw new Error(`no piece ${key}`);
    }
    return ReadableStream.from([bytes]);
  }

  async remove(key: string): Promise<void> {
    this.kept.delete(key);
  }

  async *list(prefix: string): AsyncGenerator<string, void> {
    yield* [...this.kept.keys()].filter((key) => key.startsWith(prefix));
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('an upload that several processes take in', () => {
  let archive: TestArchive;
  let folder: string;
  let records: SqlRecords;
  let pieces: Pieces;
  let now: number;
  const file = new Uint8Array(objectFile({ study: '1.2.1', sop: '1.2.1.1.1' }));
  const limits = { ...ARCHIVE_LIMITS, uploadPieceBytes: 100, uploadsOfOne: 2 };
  const wanted = {
    owner: 'user an',
    source: from('main'),
    sopInstanceUid: '1.2.1.1.1',
    length: file.byteLength,
    sha256: sha256(file),
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-uploads-'));
    records = await SqlRecords.open(await recordsPlace(folder));
    archive = await openTestArchive();
    pieces = new Pieces();
    now = Date.parse('2026-03-01T08:00:00Z');
  });

  afterEach(async () => {
    await records[Symbol.asyncDispose]();
    await releaseDatabase(folder);
    await archive[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** What one of the processes has: nothing of its own. */
  const atProcess = () => {
    const { core } = archive;
    return new SharedUploads({
      records: records.uploads,
      pieces,
      processes: new OneProcess(),
      limits,
      now: () => now,
      hasRoom: async () => true,
      receive: (body) => core.receive(body),
      release: (received) => core.reception.release(received),
      store: (received, source): Promise<StoreOutcome> => core.store(received, source),
      isThere: async () => true,
    });
  };
  const bytes = (start: number, end?: number) => new Blob([file.slice(start, end)]).stream();

  it('goes on at another process where it stands, and is stored by the one that gets the last byte', async () => {
    const { id } = await atProcess().begin(wanted);
    expect(await atProcess().append(id, wanted.owner, 0, bytes(0, 250))).toMatchObject({ offset: 250 });
    expect(await atProcess().find(id, wanted.owner)).toMatchObject({ offset: 250, length: file.byteLength });
    expect(await atProcess().begin(wanted)).toMatchObject({ id, offset: 250 });
    const last = await atProcess().append(id, wanted.owner, 250, bytes(250));
    expect(last).toMatchObject({ offset: file.byteLength, stored: { outcome: { status: 'stored' } } });
    expect(await atProcess().begin(wanted)).toMatchObject({ outcome: { status: 'stored' } });
    expect(pieces.kept.size).toBe(0);
    const kept = await archive.with.index.peek('1.2.1.1.1');
    expect(await archive.with.objects.size(kept?.objectKey ?? '')).toBe(file.byteLength);
  });

  it('keeps what came before a line broke', async () => {
    const { id } = await atProcess().begin(wanted);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield file.slice(0, 330);
      throw new Error('reset');
    }
    const failed = atProcess().append(id, wanted.owner, 0, ReadableStream.from(broken()));
    await expect(failed).rejects.toMatchObject({ code: 'conflict', members: { offset: 330 } });
    expect(await atProcess().append(id, wanted.owner, 330, bytes(330))).toMatchObject({ outcome: { status: 'stored' } });
  });

  it('cuts off who was adding when another process goes on, and counts each byte once', async () => {
    const { id } = await atProcess().begin(wanted);
    const gate = Promise.withResolvers<void>();
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield file.slice(0, 100);
      await gate.promise;
      yield file.slice(100);
    }
    const first = atProcess().append(id, wanted.owner, 0, ReadableStream.from(slow()));
    first.catch(() => undefined);
    await expect.poll(async () => (await atProcess().find(id, wanted.owner)).offset).toBe(100);
    expect(await atProcess().append(id, wanted.owner, 100, bytes(100, 300))).toMatchObject({ offset: 300 });
    gate.resolve();
    await expect(first).rejects.toMatchObject({ code: 'conflict', members: { offset: 300 } });
    expect(await atProcess().append(id, wanted.owner, 300, bytes(300))).toMatchObject({
      stored: { outcome: { status: 'stored' } },
    });
    expect(pieces.kept.size).toBe(0);
  });

  it('begins anew when the bytes are not those announced', async () => {
    const { id } = await atProcess().begin(wanted);
    const wrong = file.slice();
    wrong[wrong.length - 1] = 1 + (wrong.at(-1) ?? 0);
    const sent = atProcess().append(id, wanted.owner, 0, new Blob([wrong]).stream());
    await expect(sent).rejects.toMatchObject({ code: 'conflict', members: { offset: 0 } });
    expect(pieces.kept.size).toBe(0);
    expect(await atProcess().append(id, wanted.owner, 0, bytes(0))).toMatchObject({ outcome: { status: 'stored' } });
  });

  it('is nobody else’s, and of one sender there are not too many', async () => {
    const { id } = await atProcess().begin(wanted);
    await expect(atProcess().find(id, 'user binh')).rejects.toMatchObject({ code: 'not-found' });
    await expect(atProcess().remove(id, 'user binh')).rejects.toMatchObject({ code: 'not-found' });
    await atProcess().begin({ ...wanted, sha256: 'b'.repeat(64) });
    await expect(atProcess().begin({ ...wanted, sha256: 'c'.repeat(64) })).rejects.toMatchObject({ code: 'busy' });
    await atProcess().remove(id, wanted.owner);
    await atProcess().begin({ ...wanted, sha256: 'c'.repeat(64) });
  });

  it('is forgotten with its pieces when nobody goes on', async () => {
    const { id } = await atProcess().begin(wanted);
    await atProcess().append(id, wanted.owner, 0, bytes(0, 250));
    now += ARCHIVE_LIMITS.uploadKeptMs + 1;
    await atProcess().begin({ ...wanted, sha256: 'b'.repeat(64) });
    expect(pieces.kept.size).toBe(0);
    await expect(atProcess().find(id, wanted.owner)).rejects.toMatchObject({ code: 'not-found' });
  });
});
