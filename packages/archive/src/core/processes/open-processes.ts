import { randomBytes } from 'node:crypto';
import type { Dependencies } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import type { ArchiveLimits } from '../limits.ts';
import type { StoreRuns } from '../object-store.ts';
import { ManyProcesses } from './many-processes.ts';
import type { ProcessRecords } from './process-records.ts';
import { OneProcess, type Processes } from './processes.ts';

/**
 * Several where they share what they keep.
 * @throws ArchiveError `invalid-request` where the store is one that a single process has to itself, and another is at work
 */
export async function openProcesses(dependencies: Dependencies): Promise<Processes> {
  const { shared, objects, records, limits, log, now } = dependencies;
  if (shared !== true) {
    return new OneProcess();
  }
  const runs = objects.runs ?? (await onlyRun(dependencies));
  const processes = new ManyProcesses({ records: records.processes, runs, limits, log });
  await processes.begin(now());
  processes.beat();
  return processes;
}

/** With a folder as the store: another process would take the unfinished objects of this one for leftovers, and not find the others. */
async function onlyRun({ records, limits }: Dependencies): Promise<StoreRuns> {
  if (await othersAtWork(records.processes, limits)) {
    throw new ArchiveError(
      'invalid-request',
      'another server is at work on this database, and several need a store that all of them reach: s3://…, not a folder.',
    );
  }
  let current = newRun();
  return {
    get current() {
      return current;
    },
    next: newRun,
    goOnIn: (run) => {
      current = run;
    },
    of: () => current,
  };
}

/** Whether any process goes on counting; one that was killed has left its row. */
export async function othersAtWork(
  processes: Pick<ProcessRecords, 'running'>,
  { processBeatMs }: Pick<ArchiveLimits, 'processBeatMs'>,
): Promise<boolean> {
  const before = await processes.running();
  if (before.length === 0) {
    return false;
  }
  await new Promise((resolve) => setTimeout(resolve, 2 * processBeatMs));
  const beats = new Map(before.map(({ run, beat }) => [run, beat]));
  return (await processes.running()).some(({ run, beat }) => beats.get(run) !== beat);
}

function newRun(): string {
  return `folder-${randomBytes(8).toString('hex')}`;
}
