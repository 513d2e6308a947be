import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChangeFeed } from '../../src/core/changes.ts';
import { ArchiveError } from '../../src/core/errors.ts';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import type { Change } from '../../src/core/model.ts';
import { ManyProcesses } from '../../src/core/processes/many-processes.ts';
import { News } from '../../src/core/processes/news.ts';
import { openProcesses } from '../../src/core/processes/open-processes.ts';
import type { EndedRun } from '../../src/core/processes/process-records.ts';
import type { ConflictRecord } from '../../src/core/records-port.ts';
import { SqlRecords } from '../../src/records/sql-records.ts';
import { ALL, found, openTestArchive, replacing, silent } from '../support/archive.ts';
import { recordsPlace, releaseDatabase } from '../support/engine.ts';
import { objectFile } from '../support/objects.ts';

const LIMITS = { ...ARCHIVE_LIMITS, processBeatMs: 40, processBeats: 5, processLockMs: 500, newsPollMs: 20, changeQuietMs: 5 };
const START = '2026-03-01T08:00:00.000Z';

/** Several processes, told apart by their runs alone, over one set of records. */
describe('processes over the same records', () => {
  let folder: string;
  let records: SqlRecords;
  let runs = 0;
  const open: ManyProcesses[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-processes-'));
    records = await SqlRecords.open(await recordsPlace(folder));
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((process) => process[Symbol.asyncDispose]()));
    await records[Symbol.asyncDispose]();
    await releaseDatabase(folder);
    await rm(folder, { recursive: true });
  });

  const newRuns = () => {
    let current = `r${++runs}`;
    return {
      get current() {
        return current;
      },
      next: () => `r${++runs}`,
      goOnIn: (run: string) => {
        current = run;
      },
      of: (key: string) => key.slice(0, key.indexOf('/')),
    };
  };
  const begin = async () => {
    const own = newRuns();
    const taken: EndedRun[][] = [];
    const process = new ManyProcesses({ records: records.processes, runs: own, limits: LIMITS, log: silent });
    await process.begin(START);
    open.push(process);
    const watch = (seenUntil = START, work: Promise<unknown> = Promise.resolve()) => {
      process.watch({
        seenUntil: () => seenUntil,
        takeOver: async (ended) => {
          taken.push([...ended]);
          await work;
        },
      });
      return process;
    };
    return { process, runs: own, taken, watch };
  };

  it('take over from one that ended without a word, once, and not from one that lives', async () => {
    const [dead, one, other] = [await begin(), await begin(), await begin()];
    const run = dead.runs.current;
    one.watch();
    other.watch();
    await vi.waitFor(() => expect([...one.taken, ...other.taken]).toEqual([[{ run, seenUntil: START }]]), 5_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([...one.taken, ...other.taken]).toHaveLength(1);
    expect(await one.process.living()).toEqual(new Set([one.runs.current, other.runs.current]));
  });

  it('take over at once from one that says that it ends, and know how far it had come', async () => {
    const one = await begin();
    const ending = await begin();
    ending.watch('2026-03-01T09:00:00.000Z');
    await vi.waitFor(async () => expect((await records.processes.running()).at(-1)?.beat).toBeGreaterThan(1), 5_000);
    await ending.process[Symbol.asyncDispose]();
    one.watch();
    const left = { run: ending.runs.current, seenUntil: '2026-03-01T09:00:00.000Z' };
    await vi.waitFor(() => expect(one.taken).toEqual([[left]]), 5_000);
    await vi.waitFor(async () => expect(await records.processes.ended()).toEqual([]), 5_000);
  });

  it('go on under a new run when they were taken for ended', async () => {
    const slow = await begin();
    const before = slow.runs.current;
    await records.processes.end(before);
    slow.watch();
    await vi.waitFor(async () => expect(await slow.process.living()).toEqual(new Set([slow.runs.current])), 5_000);
    expect(slow.runs.current).not.toBe(before);
    expect(slow.process.runOf(`${before}/0000/x.dcm`)).toBe(before);
  });

  it('keep nothing under a new run before the others know of it', async () => {
    const slow = await begin();
    const before = slow.runs.current;
    await records.processes.end(before);
    const beginRun = records.processes.begin.bind(records.processes);
    const begun: string[] = [];
    vi.spyOn(records.processes, 'begin').mockImplementation(async (run, seenUntil) => {
      begun.push(`${run} is begun while ${slow.runs.current} is stored in`);
      await beginRun(run, seenUntil);
    });
    slow.watch();
    await vi.waitFor(() => expect(slow.runs.current).not.toBe(before), 5_000);
    expect(begun).toEqual([`${slow.runs.current} is begun while ${before} is stored in`]);
  });

  it('are not taken for ended while they take over, however long that takes, nor while they start', async () => {
    const [dead, one, starting, other] = [await begin(), await begin(), await begin(), await begin()];
    const long = Promise.withResolvers<void>();
    one.watch(START, long.promise);
    starting.process.beat();
    await records.processes.end(dead.runs.current);
    await vi.waitFor(() => expect(one.taken).toHaveLength(1), 5_000);
    other.watch();
    await new Promise((resolve) => setTimeout(resolve, 3 * LIMITS.processBeats * LIMITS.processBeatMs));
    const living = new Set([one, starting, other].map(({ runs: { current } }) => current));
    expect(await other.process.living()).toEqual(living);
    expect(other.taken).toEqual([]);
    long.resolve();
  });

  it('are not ended by who saw them before their last beat', async () => {
    const one = await begin();
    const [seen] = await records.processes.running();
    await records.processes.beat(one.runs.current, START);
    await records.processes.end(one.runs.current, seen?.beat);
    expect(await one.process.living()).toEqual(new Set([one.runs.current]));
  });

  it('do under one name one thing at a time, whoever does it', async () => {
    const [one, other] = [await begin(), await begin()];
    let at = 0;
    let most = 0;
    const work = async () => {
      at += 1;
      most = Math.max(most, at);
      await new Promise((resolve) => setTimeout(resolve, 10));
      at -= 1;
    };
    await Promise.all([one, other, one].map(({ process }) => process.exclusive('decision', work)));
    expect(most).toBe(1);
  });

  it('leave alone what another is at, or wait for it in vain and say so', async () => {
    const [one, other] = [await begin(), await begin()];
    const held = Promise.withResolvers<void>();
    const holding = one.process.exclusive('removal', () => held.promise);
    const worked = vi.fn(async () => undefined);
    await vi.waitFor(async () => {
      await other.process.ifFree('removal', worked);
      expect(await records.processes.claim('removal', other.runs.current)).toBe(false);
    });
    worked.mockClear();
    await other.process.ifFree('removal', worked);
    expect(worked).not.toHaveBeenCalled();
    await expect(other.process.exclusive('removal', worked)).rejects.toMatchObject({ code: 'busy' });
    held.resolve();
    await holding;
    await other.process.exclusive('removal', worked);
    expect(worked).toHaveBeenCalledTimes(1);
  });

  it('lose their locks when they end, and get none under a run that is over', async () => {
    const [dead, one] = [await begin(), await begin()];
    expect(await records.processes.claim('removal', dead.runs.current)).toBe(true);
    expect(await records.processes.claim('removal', one.runs.current)).toBe(false);
    await records.processes.end(dead.runs.current);
    expect(await records.processes.claim('removal', one.runs.current)).toBe(true);
    expect(await records.processes.claim('other', dead.runs.current)).toBe(false);
  });

  it('hear of each other’s changes once each, in order, and not of their own', async () => {
    const feeds = await Promise.all(
      [await begin(), await begin()].map(async ({ runs: { current } }) => {
        const feed = new ChangeFeed({ owner: async () => ({ facility: 'main', sharedWith: [] }) }, LIMITS, () => START, silent);
        const news = new News({
          records: records.processes,
          run: () => current,
          limits: LIMITS,
          log: silent,
          hear: (changes) => feed.hear(changes),
        });
        feed.connect(news);
        return { feed, news };
      }),
    );
    const [here, there] = feeds;
    const heard: Change[] = [];
    const own: Change[] = [];
    there?.feed.subscribe(ALL, (change) => heard.push(change));
    here?.feed.subscribe({ facilities: ['branch'] }, (change) => own.push(change));
    await new Promise((resolve) => setTimeout(resolve, 60));
    here?.feed.note('1.2.1', 'new');
    await vi.waitFor(() => expect(heard).toEqual([{ studyInstanceUid: '1.2.1', change: 'new' }]), 5_000);
    here?.feed.noteOrder({ accessionNumber: 'A1', facility: 'main' }, 'updated');
    there?.feed.noteOrder({ accessionNumber: 'A2', facility: 'branch' }, 'new');
    await vi.waitFor(() => expect(heard).toHaveLength(3), 5_000);
    await vi.waitFor(() => expect(own).toEqual([{ accessionNumber: 'A2', facility: 'branch', change: 'new' }]), 5_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard).toHaveLength(3);
    for (const { feed, news } of feeds) {
      feed[Symbol.dispose]();
      await news[Symbol.asyncDispose]();
    }
  });

  it('put nothing aside under a run that is over', async () => {
    const one = await begin();
    const conflict = (id: string): ConflictRecord => ({
      ...{ id, kind: 'different', studyInstanceUid: '1.2', seriesInstanceUid: '1.2.1', sopInstanceUid: `1.2.1.${id}` },
      ...{ facility: 'main', fromFacility: 'main', from: 'CT01', receivedAt: START, newKey: `${one.runs.current}/${id}` },
      ...{ newSha256: id, existingKey: null, existingSha256: null, state: 'open', resolvedBy: null, resolvedAt: null },
    });
    expect(await records.addConflict(conflict('1'), one.runs.current)).toBe(true);
    expect(await records.addConflict(conflict('1'), one.runs.current)).toBe(false);
    await records.processes.end(one.runs.current);
    await expect(records.addConflict(conflict('2'), one.runs.current)).rejects.toMatchObject({ code: 'store-away' });
    expect(await records.countOpen('1.2')).toBe(1);
  });

  it('leave nothing of an object that came to its commit after its run was over: others have looked at what there was', async () => {
    const over = new ArchiveError('store-away', 'this server was taken for ended', { notRun: true });
    await using failing = await openTestArchive({
      wrap: (ports) => ({ ...ports, index: replacing(ports.index, { add: () => Promise.reject(over) }) }),
    });
    expect(await failing.store(objectFile())).toMatchObject({ status: 'refused', reason: 'away' });
    expect(await found(failing.with.objects)).toEqual([]);
  });

  it('are refused a folder as their store while another is at work, and not when it has ended', async () => {
    const { process, watch } = await begin();
    watch();
    const folderStore = { shared: true, records, limits: LIMITS };
    await using archive = await openTestArchive({ wrap: (ports) => ({ ...ports, limits: LIMITS }) });
    const opening = () => openProcesses({ ...archive.with, ...folderStore });
    await expect(opening()).rejects.toMatchObject({ code: 'invalid-request' });
    await process[Symbol.asyncDispose]();
    await using only = await opening();
    expect(only.shared).toBe(true);
  });

  it('keep of what they told no more than is needed', async () => {
    const {
      runs: { current },
    } = await begin();
    for (const sequence of [1, 2, 3]) {
      await records.processes.tell({ run: current, sequence, text: '[]', from: sequence - 1 });
    }
    expect(await records.processes.told(current, 0, 10)).toEqual([
      { sequence: 2, text: '[]' },
      { sequence: 3, text: '[]' },
    ]);
    await records.processes.end(current);
    await records.processes.forget(current);
    await begin();
    expect(await records.processes.lastTold()).toEqual(new Map());
  });
});
