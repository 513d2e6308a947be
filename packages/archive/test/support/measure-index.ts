/**
 * For measurements of a large index. FILE is one of SQLite, or a `postgres:` URL. `node measure-index.ts ask FILE TIMES` asks an index each question so often, and before that a fifth as often without
 * counting; `node measure-index.ts store FILE INSTANCES RUN FOLDER` stores so many small objects through the archive's core, whose files lie in the folder then.
 * Prints JSON: times in ms.
 */
import { relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openPostgres, statement } from '@filmless/database';
import { type DataSet, TAG } from '@filmless/dicom';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { openPostgresIndex, openSqliteIndex } from '../../src/index/open-index.ts';
import { openTestArchive } from './archive.ts';
import { QUESTIONS, type Sample, samplesOf } from './index-questions.ts';
import { laterStudies } from './large-archive.ts';
import { fileOf } from './objects.ts';

/** As many as four machines send at once, each of them a few ahead. */
const AT_ONCE = 16;
const PIXELS = Buffer.alloc(8192, 7).toString('base64');

const isUrl = (file: string): boolean => file.startsWith('postgres:');

async function samplesIn(file: string, count: number): Promise<readonly Sample[]> {
  if (isUrl(file)) {
    const schema = new URL('../../src/index/postgres/schema.ts', import.meta.url);
    await using database = await openPostgres<Record<never, never>>({ url: file, name: 'filmless_index', schema });
    return await samplesOf(async (sql, parameters) => await database.read(statement(sql, parameters.map(Number))), count);
  }
  using database = new DatabaseSync(file, { readOnly: true });
  return await samplesOf((sql, parameters) => Promise.resolve(database.prepare(sql).all(...parameters)), count);
}

async function ask(file: string, times: number): Promise<object> {
  const before = Math.ceil(times / 5);
  const samples = await samplesIn(file, before + times);
  await using index = isUrl(file)
    ? await openPostgresIndex({ url: file, limits: ARCHIVE_LIMITS })
    : await openSqliteIndex({ file, limits: ARCHIVE_LIMITS });
  const lines: Record<string, { readonly ms: readonly number[]; readonly found: number }> = {};
  for (const { key, ask: question } of QUESTIONS) {
    const ms: number[] = [];
    let found = 0;
    for (const [at, sample] of samples.entries()) {
      const began = performance.now();
      const answer = await question(index, sample, at);
      if (at >= before) {
        ms.push(performance.now() - began);
        found += answer.found;
      }
    }
    lines[key] = { ms, found };
  }
  return { lines, samples };
}

function objectOf(header: DataSet): Uint8Array {
  return fileOf({ ...header, [TAG.PixelData]: { vr: 'OB', InlineBinary: PIXELS } });
}

async function store(file: string, count: number, run: number, folder: string): Promise<object> {
  const archive = await openTestArchive({ folder, index: isUrl(file) ? file : relative(folder, file) });
  const objects: Uint8Array[] = [];
  for (const { series } of laterStudies(count, 2_000_000, run)) {
    for (const one of series) {
      for (let number = 1; number <= one.instances; number += 1) {
        objects.push(objectOf(one.instance(number).header));
      }
    }
    if (objects.length >= count) {
      break;
    }
  }
  objects.length = Math.min(objects.length, count);
  const ms: number[] = [];
  let next = 0;
  const storeOn = async (): Promise<void> => {
    for (let object = objects[next++]; object !== undefined; object = objects[next++]) {
      const began = performance.now();
      const { status } = await archive.store(object);
      if (status !== 'stored') {
        throw new Error(`an object was not stored: ${status}`);
      }
      ms.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, storeOn));
  const perSecond = (1000 * objects.length) / (performance.now() - began);
  // Not disposed: that would remove the folder.
  await archive.kill();
  return { perSecond, ms };
}

const [, , what = '', file = '', count = '100', run = '1', folder = ''] = process.argv;
const measured = what === 'store' ? await store(file, Number(count), Number(run), folder) : await ask(file, Number(count));
console.log(JSON.stringify(measured));
// What the object store keeps ready holds the process up.
process.exit(0);
