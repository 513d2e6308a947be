import { messageOf } from '../errors.ts';
import { arrivalOf, type KeptArrival } from '../records/arrivals.ts';
import { db } from '../records/tables.ts';
import { decideComplete } from '../routing/decide.ts';
import type { Facts } from '../routing/facts.ts';
import { archivedHeader, archivedStudy } from './archived.ts';
import type { ArrivalsOptions } from './arrivals.ts';
import { type Act, untilNext } from './looking.ts';

const STUDIES = 20;
const PAGE = 200;

/** Asks the archive of studies that rules wait for, and decides what came of those that are complete by now. */
export async function completionRound(options: ArrivalsOptions, act: Act, signal: AbortSignal): Promise<number> {
  const { clock, database, limits, log } = options;
  const now = clock.now();
  const waiting = db.selectFrom('arrival').where('state', '=', 'waiting');
  const due = await database.read(
    waiting
      .select((column) => ['study_instance_uid', column.fn.max('next_look').as('at')])
      .groupBy('study_instance_uid')
      .having((column) => column.fn.min('next_look'), '<=', now)
      .orderBy('at')
      .limit(STUDIES),
  );
  for (const { study_instance_uid } of due) {
    if (!signal.aborted) {
      await tryStudy(options, act, study_instance_uid, signal);
    }
  }
  if (due.length > 0) {
    return 0;
  }
  const [waits] = await database.read(
    waiting.select((column) => [column.fn.min('next_look').as('next'), column.fn.min('at').as('oldest')]),
  );
  const before = now - limits.arrivalsKeptMs;
  if (waits !== undefined && waits.oldest !== null && waits.oldest < before) {
    const instances = await database.write('forgetArrivals', { before });
    log.warn({ instances }, 'routing.never-complete');
  }
  // What arrives meanwhile is not due sooner.
  return Math.min(limits.completeLookMs, untilNext(waits?.next, now));
}

/** A study that cannot be looked at keeps no other waiting. */
async function tryStudy(options: ArrivalsOptions, act: Act, studyInstanceUid: string, signal: AbortSignal): Promise<void> {
  const { clock, database, limits, log } = options;
  try {
    await lookAtStudy(options, act, studyInstanceUid, signal);
  } catch (error) {
    if (!signal.aborted) {
      log.warn({ problem: messageOf(error) }, 'routing.postponed');
      await database.write('postponeStudy', { studyInstanceUid, nextLook: clock.now() + limits.incompleteLookMs });
    }
  }
}

async function lookAtStudy(options: ArrivalsOptions, act: Act, studyInstanceUid: string, signal: AbortSignal): Promise<void> {
  const { archiveFetch, clock, database, limits } = options;
  const study = await archivedStudy((request) => archiveFetch(request), studyInstanceUid, signal);
  if (study === undefined) {
    await database.write('forgetArrivals', { studyInstanceUid });
    return;
  }
  if (study.completeness === 'complete') {
    await decideStudy(options, act, studyInstanceUid, signal);
  } else {
    // What a machine said it made and did not send may take days.
    const delay = study.completeness === 'arriving' ? limits.completeLookMs : limits.incompleteLookMs;
    await database.write('postponeStudy', { studyInstanceUid, nextLook: clock.now() + delay });
  }
}

async function decideStudy(options: ArrivalsOptions, act: Act, studyInstanceUid: string, signal: AbortSignal): Promise<void> {
  for (let last = ''; ; ) {
    const page = await options.database.read(
      db
        .selectFrom('arrival')
        .selectAll()
        .where('study_instance_uid', '=', studyInstanceUid)
        .where('state', '=', 'waiting')
        .where('sop_instance_uid', '>', last)
        .orderBy('sop_instance_uid')
        .limit(PAGE),
    );
    for (const row of page) {
      signal.throwIfAborted();
      await decideInstance(options, act, arrivalOf(row), signal);
      last = row.sop_instance_uid;
    }
    if (page.length < PAGE) {
      return;
    }
  }
}

async function decideInstance(options: ArrivalsOptions, act: Act, arrival: KeptArrival, signal: AbortSignal): Promise<void> {
  const { archiveFetch, clock, database, destinations, rules } = options;
  const { at, instance, source } = arrival;
  const header = await archivedHeader((request) => archiveFetch(request), instance, signal);
  if (header !== undefined) {
    const facts: Facts = { source, header, complete: true, at, now: clock.now() };
    await act(arrival, decideComplete(rules.inForce.prepared, destinations.byId, facts));
  }
  await database.write('settleArrival', { sopInstanceUid: instance.sopInstanceUid, at, looked: { outcome: 'done' } });
}
