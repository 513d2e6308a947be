import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Dependencies } from '../../src/core/dependencies.ts';
import type { NewInstance } from '../../src/core/index-port.ts';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { keysOf } from '../../src/core/object-key.ts';
import { recover } from '../../src/core/recover.ts';
import { FileStore } from '../../src/objects/file-store.ts';
import { IncomingFolder } from '../../src/objects/incoming-folder.ts';
import { openTestArchive, replacing, silent } from '../support/archive.ts';
import { type DiskStep, surviving } from '../support/faults-disk.ts';
import { deflatedFile, objectFile } from '../support/objects.ts';

const journal = await vi.hoisted(async () => {
  const { DiskJournal } = await import('../support/faults-disk.ts');
  return new DiskJournal();
});

vi.mock('node:fs/promises', async (original) => journal.watch(await original<typeof import('node:fs/promises')>()));

type Mark = { readonly what: 'committed'; readonly instance: NewInstance } | { readonly what: 'answered'; readonly sop: string };

const FILES = [
  { sop: '1.2.3.1.1', bytes: objectFile({ number: 1 }) },
  { sop: '1.2.3.1.2', bytes: objectFile({ number: 2 }) },
  { sop: '1.2.3.1.3', bytes: deflatedFile({ number: 3 }) },
  { sop: '1.9.1.1', bytes: objectFile({ study: '1.9', number: 1 }) },
];

/** An archive as it stands after a power cut and the start that follows. */
interface After {
  readonly objects: FileStore;
  readonly rows: readonly NewInstance['instance'][];
  readonly answered: readonly string[];
  readonly incoming: readonly string[];
}

describe('a power cut at any step of storing', () => {
  let folder: string;
  let steps: readonly DiskStep[];

  /** Stores the files, the first two at once, writing down what is done to the disk. */
  beforeAll(async () => {
    const wrap = (ports: Dependencies): Dependencies => ({
      ...ports,
      index: replacing(ports.index, {
        add: async (instance) => {
          const added = await ports.index.add(instance);
          journal.mark({ what: 'committed', instance } satisfies Mark);
          return added;
        },
      }),
    });
    const archive = await openTestArchive({ wrap });
    ({ folder } = archive);
    journal.recording = true;
    const store = async ({ sop, bytes }: (typeof FILES)[number]) => {
      expect(await archive.store(bytes)).toMatchObject({ status: 'stored' });
      journal.mark({ what: 'answered', sop } satisfies Mark);
    };
    const [first, second, ...others] = FILES;
    await Promise.all([first, second].map((file) => file === undefined || store(file)));
    for (const file of others) {
      await store(file);
    }
    await archive.kill();
    journal.recording = false;
    steps = journal.steps;
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('is tried at every step that there is', () => {
    expect(steps.filter(({ kind }) => kind !== 'mark').length).toBeGreaterThan(40);
    expect(new Set(steps.map(({ kind }) => kind))).toEqual(
      new Set(['create', 'mkdir', 'remove', 'sync-folder', 'rename', 'link', 'sync-file', 'mark']),
    );
  });

  it.each(['strict', 'journal'] as const)('loses nothing answered and leaves nothing half received (%s)', async (model) => {
    expect(await atEveryStep(steps, (done) => startAfter(folder, done, model, losses))).toEqual([]);
  });

  it('leaves in the store what the index has and no more, so that a rebuild gives the same', async () => {
    expect(await atEveryStep(steps, (done) => startAfter(folder, done, 'journal', strays))).toEqual([]);
  });

  it.each([
    ['the bytes of received files', (step: DiskStep) => step.kind === 'sync-file' && step.path.endsWith('.part')],
    ['the bytes of envelopes', (step: DiskStep) => step.kind === 'sync-file' && step.path.endsWith('.json.tmp')],
    ['the folders of objects', (step: DiskStep) => step.kind === 'sync-folder' && step.path.includes('/objects/')],
    ['the folder above all objects', (step: DiskStep) => step.kind === 'sync-folder' && step.path.endsWith('/objects')],
  ] as const)('would lose something if %s were not synced', async (_, isIt) => {
    const forgetful = steps.filter((step) => !isIt(step));
    expect(forgetful.length).toBeLessThan(steps.length);
    expect(await atEveryStep(forgetful, (done) => startAfter(folder, done, 'strict', losses))).not.toEqual([]);
  });
});

/** What is wrong, each with the step it was found after. */
async function atEveryStep(
  steps: readonly DiskStep[],
  look: (done: readonly DiskStep[]) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (let until = 0; until <= steps.length; until += 1) {
    const found = await look(steps.slice(0, until));
    wrong.push(...found.map((what) => `after step ${until} (${steps[until - 1]?.kind}): ${what}`));
  }
  return wrong;
}

/** Puts on a real disk what was left of another, starts on it, and gives what is wrong there. */
async function startAfter(
  folder: string,
  done: readonly DiskStep[],
  model: 'strict' | 'journal',
  look: (after: After) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const root = await mkdtemp(join(tmpdir(), 'filmless-power-'));
  try {
    for (const [path, bytes] of surviving(done, [join(folder, 'objects'), join(folder, 'incoming')], model)) {
      const copy = path.replace(folder, root);
      await mkdir(dirname(copy), { recursive: true });
      await writeFile(copy, bytes);
    }
    await using objects = await FileStore.open(join(root, 'objects'));
    const incoming = await IncomingFolder.open(join(root, 'incoming'), ARCHIVE_LIMITS);
    const marks = done.flatMap((step): readonly Mark[] => (step.kind === 'mark' ? [step.mark as Mark] : []));
    // NOTE: what SQLite committed with synchronous=FULL is taken as durable here.
    const rows = marks.flatMap((mark) => (mark.what === 'committed' ? [mark.instance.instance] : []));
    const find = async (sop: string) => rows.find(({ sopInstanceUid }) => sopInstanceUid === sop);
    await recover({
      objects,
      incoming,
      log: silent,
      index: { find } as Dependencies['index'],
      records: { conflictOfObject: async () => undefined } as unknown as Dependencies['records'],
    });
    const answered = marks.flatMap((mark) => (mark.what === 'answered' ? [mark.sop] : []));
    return await look({ objects, rows, answered, incoming: await readdir(join(root, 'incoming')) });
  } finally {
    await rm(root, { recursive: true });
  }
}

async function losses({ objects, rows, answered, incoming }: After): Promise<readonly string[]> {
  const wrong = incoming.map((name) => `${name} was left`);
  const known = new Set(rows.map(({ sopInstanceUid }) => sopInstanceUid));
  wrong.push(...answered.filter((sop) => !known.has(sop)).map((sop) => `${sop} was answered and is not in the index`));
  for (const { sopInstanceUid, objectKey, inflatedKey } of rows) {
    const sent = FILES.find(({ sop }) => sop === sopInstanceUid)?.bytes ?? new Uint8Array();
    const size = await objects.size(objectKey);
    const kept = size === undefined ? undefined : await objects.readBytes(objectKey, { offset: 0, length: size });
    if (kept === undefined || Buffer.compare(kept, sent) !== 0) {
      wrong.push(`${sopInstanceUid} is in the index and its object is ${kept === undefined ? 'gone' : 'damaged'}`);
    }
    for (const key of [keysOf(objectKey).envelope, ...(inflatedKey === null ? [] : [inflatedKey])]) {
      if (((await objects.size(key)) ?? 0) === 0) {
        wrong.push(`${sopInstanceUid} is in the index and ${key} is gone or empty`);
      }
    }
  }
  return wrong;
}

async function strays({ objects, rows }: After): Promise<readonly string[]> {
  const expected = new Set(rows.flatMap(({ objectKey }) => [objectKey, keysOf(objectKey).envelope]));
  const found = (await Promise.all(['.dcm', '.json', '.tmp'].map((suffix) => Array.fromAsync(objects.list(suffix))))).flat();
  return found.filter((key) => !expected.has(key)).map((key) => `${key} is in the store and not in the index`);
}
