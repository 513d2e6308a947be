import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CUTS, type DiskStep, type Fault, FaultyDisk } from '../../../disk/test/faulty-disk.ts';
import { rebuildIndex } from '../../src/core/rebuild.ts';
import type { StoreOutcome } from '../../src/core/store-outcome.ts';
import { ALL, from } from '../support/archive.ts';
import { type ArchiveChoice, FaultWorld, type FaultyArchive, INCOMING, OBJECTS } from '../support/fault-world.ts';
import { deflatedFile, objectFile } from '../support/objects.ts';

/** One instance that a sender sends. */
interface Sent {
  readonly sop: string;
  readonly facility: string;
  readonly bytes: Uint8Array;
}

interface Answered extends Sent {
  readonly status: StoreOutcome['status'];
}

/** What is sent while the disk has a fault, after `before` came through; each inner list at once. */
interface Story {
  readonly choice: ArchiveChoice;
  readonly canLink?: boolean;
  readonly before: (study: string) => readonly Sent[];
  readonly during: (study: string) => readonly (readonly Sent[])[];
}

/** `FILMLESS_SEED=x` for other remains of what was not synced: what a disk keeps follows from this and the number of the story. */
const SEED =
  process.env.FILMLESS_SEED === undefined ? 0 : createHash('sha256').update(process.env.FILMLESS_SEED).digest().readUInt32BE();
/** Stories told side by side: they share nothing but the commits of the databases. */
const AT_ONCE = 16;

const IN_MEMORY: ArchiveChoice = { memoryInstanceBytes: 1_000_000 };
const IN_FILES: ArchiveChoice = { memoryInstanceBytes: 500 };

const image = (study: string, number: number, pixel = 7, facility = 'main'): Sent => ({
  sop: `${study}.1.${number}`,
  facility,
  bytes: objectFile({ study, number, pixel }),
});
const deflated = (study: string, number: number): Sent => ({ ...image(study, number), bytes: deflatedFile({ study, number }) });

const STORIES: Readonly<Record<string, Story>> = {
  'small objects, the first ones of a run': {
    choice: IN_MEMORY,
    before: () => [],
    during: (study) => [[image(study, 1), image(study, 2)]],
  },
  'small objects, one sent twice': {
    choice: IN_MEMORY,
    before: (study) => [image(study, 1)],
    during: (study) => [[image(study, 2), image(study, 3)], [image(study, 2)]],
  },
  'small objects in files made ahead': {
    choice: IN_MEMORY,
    before: (study) => [image(study, 1)],
    during: (study) => [[image(study, 2), image(study, 3)], [image(study, 4)], [image(study, 5)]],
  },
  'large objects': {
    choice: IN_FILES,
    before: (study) => [image(study, 1)],
    during: (study) => [[image(study, 2), image(study, 3)]],
  },
  'large objects that are copied': {
    choice: IN_FILES,
    canLink: false,
    before: (study) => [image(study, 1)],
    during: (study) => [[image(study, 2)]],
  },
  'a deflated object': { choice: IN_MEMORY, before: (study) => [image(study, 1)], during: (study) => [[deflated(study, 2)]] },
  'a large deflated object': { choice: IN_FILES, before: () => [], during: (study) => [[deflated(study, 2)]] },
  'other objects under UIDs that are taken': {
    choice: IN_MEMORY,
    before: (study) => [image(study, 1)],
    during: (study) => [[image(study, 1, 8), image(study, 5, 7, 'branch')], [image(study, 1, 8)]],
  },
  'a large object under a UID that is taken': {
    choice: IN_FILES,
    before: (study) => [image(study, 1)],
    during: (study) => [[image(study, 1, 8)]],
  },
};

describe('storing, with a fault at any step', () => {
  let world: FaultWorld;
  let stories = 0;

  beforeAll(async () => {
    world = await FaultWorld.open();
  });

  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  const send = async (archive: FaultyArchive, { sop, facility, bytes }: Sent): Promise<readonly Answered[]> => {
    const outcome = await archive.store(bytes, from(facility));
    return outcome === undefined ? [] : [{ sop, facility, bytes, status: outcome.status }];
  };

  /** Tells a story with a fault at one step; gives what is wrong after it, and how many steps there were. */
  const tell = async (story: Story, fault: Fault | undefined, at: number, lies: FaultyDisk['lies'] = () => false) => {
    stories += 1;
    const seed = SEED + stories;
    const study = `1.2.${seed}`;
    const disk = new FaultyDisk();
    disk.canLink = story.canLink ?? true;
    disk.lies = lies;
    const archive = await world.start(disk, story.choice, study);
    const answered: Answered[] = [];
    const sendAll = async (all: readonly Sent[]) => (await Promise.all(all.map((sent) => send(archive, sent)))).flat();
    answered.push(...(await sendAll(story.before(study))));
    disk.steps.length = 0;
    let number = 0;
    let where = 'none';
    disk.plan = (step) => {
      // Only of a write is there a middle.
      if ((fault === 'cut-within' && !step.kind.startsWith('write')) || number++ !== at) {
        return undefined;
      }
      where = step.kind;
      return fault;
    };
    for (const together of story.during(study)) {
      answered.push(...(await sendAll(together)));
    }
    disk.plan = () => undefined;
    const steps = number;
    const early = disk.isCut ? [] : await wrongNow(world, archive, answered);
    disk.cut();
    const after = disk.restarted(seed);
    const again = await world.start(after, story.choice, study);
    const wrong = [
      ...early.map((what) => `before the restart: ${what}`),
      ...(await wrongNow(world, again, answered)),
      ...(await wrongAtRest(world, again, study)),
      ...(await refusedAgain(again, [...story.before(study), ...story.during(study).flat()], send)),
    ];
    return { steps, wrong: wrong.map((what) => `${fault} at step ${at} (${where}), disk ${seed}: ${what}`), answered };
  };

  it.each(Object.entries(STORIES))('has nothing to fear without one (%s)', async (_, story) => {
    const { wrong, answered, steps } = await tell(story, undefined, 0);
    expect(wrong).toEqual([]);
    expect(answered.map(({ status }) => status)).not.toContain('refused');
    expect(steps).toBeGreaterThan(7);
  });

  it.each(Object.keys(STORIES).flatMap((name) => CUTS.map((cut) => [cut, name] as const)))(
    'loses nothing answered and shows nothing half stored (%s, %s)',
    async (cut, name) => {
      expect(await atEveryStep(STORIES[name], cut, tell)).toEqual([]);
    },
  );

  it.each([
    ...Object.keys(STORIES).flatMap((name) => (['fails', 'full'] as const).map((fault) => [fault, name] as const)),
    ['slow', 'small objects, one sent twice'] as const,
    ['slow', 'large objects'] as const,
  ])('goes on after a step that %s (%s), and a power cut after it does no harm', async (fault, name) => {
    expect(await atEveryStep(STORIES[name], fault, tell)).toEqual([]);
  });

  it.each<[string, keyof typeof STORIES, (step: DiskStep) => boolean]>([
    [
      'the bytes of objects',
      'small objects, the first ones of a run',
      ({ kind, path }) => kind === 'sync' && path.endsWith('.dcm'),
    ],
    [
      'the bytes of objects in files made ahead',
      'small objects in files made ahead',
      ({ kind, path }) => kind === 'write-synced' && path.endsWith('.dcm'),
    ],
    ['the bytes of large objects', 'large objects', ({ kind, path }) => kind === 'sync' && path.startsWith(INCOMING)],
    ['the bytes of copies', 'large objects that are copied', ({ kind, path }) => kind === 'sync' && path.startsWith(OBJECTS)],
    ['the inflated forms', 'a deflated object', ({ kind, path }) => kind === 'sync' && path.endsWith('.tmp')],
    ['the parts', 'large objects', ({ kind, path }) => kind === 'sync-folder' && /\/0000$/.test(path)],
    ['the runs', 'large objects', ({ kind, path }) => kind === 'sync-folder' && /\/r[0-9a-z]+$/.test(path)],
    ['the folder above all', 'large objects', ({ kind, path }) => kind === 'sync-folder' && path === OBJECTS],
  ])('would lose something if %s were not synced', async (_, name, lies) => {
    const story = STORIES[name];
    // NOTE: what is left depends on the story's number: some disks keep what was never synced.
    const told = await Promise.all(Array.from({ length: 15 }, () => story && tell(story, undefined, 0, lies)));
    const wrong = told.flatMap((one) => one?.wrong ?? []);
    expect(wrong).not.toEqual([]);
  });

  it('would lose something if the names of files made ahead were not synced', async () => {
    const story: Story = {
      choice: IN_MEMORY,
      before: (study) => [image(study, 1)],
      during: (study) => Array.from({ length: 10 }, (_, index) => [image(study, index + 2)]),
    };
    const told = await Promise.all(
      Array.from({ length: 15 }, () => {
        let syncs = 0;
        // The first are those of objects that had no file made ahead.
        return tell(story, undefined, 0, ({ kind, path }) => kind === 'sync-folder' && /\/0000$/.test(path) && ++syncs > 2);
      }),
    );
    expect(told.flatMap((one) => one?.wrong ?? [])).not.toEqual([]);
  });
});

async function atEveryStep(
  story: Story | undefined,
  fault: Fault,
  tell: (story: Story, fault: Fault, at: number) => Promise<{ readonly steps: number; readonly wrong: readonly string[] }>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  if (story === undefined) {
    return ['there is no such story'];
  }
  // NOTE: a fault changes what follows, so that the end is not known before.
  for (let at = 0; ; at += AT_ONCE) {
    const told = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => tell(story, fault, at + index)));
    wrong.push(...told.flatMap((one) => one.wrong));
    if (told.some(({ steps }, index) => at + index >= steps)) {
      return wrong;
    }
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** None of an object that is there, and damaged. */
async function bytesOf({ with: { objects } }: FaultyArchive, key: string): Promise<Uint8Array | undefined> {
  const size = await objects.size(key).catch(() => 0);
  if (size === 0) {
    return new Uint8Array();
  }
  return size === undefined ? undefined : await objects.readBytes(key, { offset: 0, length: size });
}

/** Whatever was answered is there, byte for byte. */
async function wrongNow(world: FaultWorld, archive: FaultyArchive, answered: readonly Answered[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { sop, bytes, status } of answered) {
    const header = await world.index.find(sop);
    const conflicts = (await world.records.conflictsIn(['open'], '', 10_000)).filter(
      ({ sopInstanceUid }) => sopInstanceUid === sop,
    );
    const keys = status === 'conflict' ? conflicts.map(({ newKey }) => newKey) : header === undefined ? [] : [header.objectKey];
    const kept = await Promise.all(keys.map((key) => bytesOf(archive, key)));
    if (status !== 'refused' && !kept.some((one) => one !== undefined && Buffer.compare(one, bytes) === 0)) {
      wrong.push(`${sop} was answered with ${status}, and is ${kept.length === 0 ? 'gone' : 'damaged'}`);
    }
  }
  return wrong;
}

/** After a start the store has what index and records know, whole, and nothing else; and the index is as a rebuild makes it. */
async function wrongAtRest(world: FaultWorld, archive: FaultyArchive, study: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  const { objects } = archive.with;
  const headers = await Array.fromAsync(world.index.headers({ studyInstanceUid: study }, ALL, '2026-04-01'));
  const conflicts = (await world.records.conflictsIn(['open'], '', 10_000)).filter((one) => one.studyInstanceUid === study);
  const known = new Map([
    ...headers.map(({ objectKey, sha256: hash }) => [objectKey, hash] as const),
    ...conflicts.map(({ newKey, newSha256 }) => [newKey, newSha256] as const),
  ]);
  for await (const found of objects.objects()) {
    if (!known.has(found.objectKey)) {
      wrong.push(`${found.objectKey} is in the store and nobody knows it`);
    }
  }
  for (const [key, hash] of known) {
    const [bytes, envelope] = [await bytesOf(archive, key), await objects.envelope(key).catch(() => undefined)];
    if (bytes === undefined || envelope === undefined || sha256(bytes.subarray(envelope.dataSetOffset)) !== hash) {
      wrong.push(`${key} is known, and ${bytes === undefined ? 'gone' : 'damaged'}`);
    }
  }
  for (const { inflatedKey } of headers) {
    if (inflatedKey !== null && ((await objects.size(inflatedKey)) ?? 0) === 0) {
      wrong.push(`${inflatedKey} is known, and gone or empty`);
    }
  }
  const files = [...archive.disk.files().keys()];
  wrong.push(...files.filter((path) => path.startsWith(INCOMING)).map((path) => `${path} was left`));
  const expected = new Set([...known.keys(), ...headers.map(({ inflatedKey }) => inflatedKey)].map((key) => `${OBJECTS}/${key}`));
  wrong.push(
    ...files
      .filter((path) => path.startsWith(OBJECTS) && !path.endsWith('/settled') && !expected.has(path))
      .map((path) => `${path} is a stray`),
  );
  return [...wrong, ...(await otherThanRebuilt(world, archive, study))];
}

async function otherThanRebuilt(world: FaultWorld, archive: FaultyArchive, study: string): Promise<readonly string[]> {
  const { left } = await rebuildIndex({ ...archive.with, index: world.again });
  const both = [world.index, world.again].map(async (index) =>
    JSON.stringify({
      study: await index.studyDetail(study, ALL, '2026-04-01'),
      headers: await Array.fromAsync(index.headers({ studyInstanceUid: study }, ALL, '2026-04-01')),
    }),
  );
  const [grown, rebuilt] = await Promise.all(both);
  return [
    ...left.map(({ reason }) => `a rebuild leaves an object: ${reason}`),
    ...(grown === rebuilt ? [] : [`a rebuild gives ${rebuilt}, the index has ${grown}`]),
  ];
}

/** Whoever had no answer sends again, and is not refused. */
async function refusedAgain(
  archive: FaultyArchive,
  sent: readonly Sent[],
  send: (archive: FaultyArchive, sent: Sent) => Promise<readonly Answered[]>,
): Promise<readonly string[]> {
  const answers = await Promise.all(sent.map((one) => send(archive, one)));
  return answers.flatMap((answer, index) =>
    answer[0] === undefined || answer[0].status === 'refused' ? [`${sent[index]?.sop} was refused when it was sent again`] : [],
  );
}
