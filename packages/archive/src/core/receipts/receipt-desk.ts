import type { Scope } from '@filmless/access';
import type { Dependencies } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import type { SentBy } from '../index-port.ts';
import type { StudyEntry, StudyListQuery } from '../model.ts';
import type { PerformedFacts } from '../orders/order-records.ts';
import { type StudyAround, withAround } from '../orders/study-around.ts';
import { missingOf } from './missing.ts';
import type { Receipt, ReceiptState, Refusal, Told } from './model.ts';
import type { RefusedInstance } from './refusal-records.ts';
import { receiptState } from './state.ts';
import type { StudyTransfers } from './transfers.ts';

const NO_TRANSFERS: StudyTransfers = { commitments: [], notCommitted: [], deliveries: [], undecided: 0 };
const NOT_ELSEWHERE: Pick<Receipt, 'removed' | 'centre'> = { removed: null, centre: null };
/** Of a study of which nothing is here. */
const NOTHING: Omit<Receipt, 'studyInstanceUid' | 'state' | 'missing' | 'told'> = {
  sent: [],
  safe: 0,
  indexed: 0,
  conflicts: 0,
  refused: 0,
  refusals: [],
  commitment: { asked: 0, granted: 0, refused: 0, reportedAt: null },
  deliveries: [],
  undecided: 0,
  ...NOT_ELSEWHERE,
};
/** Candidates looked at, at a time. */
const PAGE = 200;

export interface ReceiptsQuery extends Pick<StudyListQuery, 'from' | 'to' | 'limit' | 'after'> {
  readonly state: Extract<ReceiptState, 'problem' | 'waiting'>;
}

/** A study of which images were told or sent, and none is here. */
export interface AbsentStudy {
  readonly studyInstanceUid: string;
  readonly facility: string;
  readonly refused: number;
  readonly from: string;
  readonly last: string;
}

export interface ReceiptPage {
  readonly studies: readonly (StudyEntry & StudyAround)[];
  /** With the first page alone. */
  readonly absent: readonly AbsentStudy[];
  readonly next: string | null;
}

/** Whether studies arrived whole, and how far they got. */
export class ReceiptDesk {
  readonly #with: Dependencies;
  readonly #arrivals: { idle(): Promise<void> };

  constructor(dependencies: Dependencies, arrivals: { idle(): Promise<void> }) {
    this.#with = dependencies;
    this.#arrivals = arrivals;
  }

  /**
   * Of a study that others share with the caller, where it goes and who sent it are not told.
   * @throws ArchiveError `not-found`
   */
  async receipt(studyInstanceUid: string, scope: Scope): Promise<Receipt> {
    await this.#arrivals.idle();
    const { index, now } = this.#with;
    const [entry] =
      (await index.orderStudies([studyInstanceUid], {}, scope, now())).length === 0
        ? []
        : await index.studiesOf([studyInstanceUid], now());
    if (entry === undefined) {
      return (await this.#ofRemoved(studyInstanceUid, scope)) ?? (await this.#ofNothing(studyInstanceUid, scope));
    }
    const [study] = await withAround(this.#with, [entry], scope);
    if (study === undefined) {
      throw notFound();
    }
    const isOwn = reaches(scope, study.facility);
    const { records, transfers, limits } = this.#with;
    const [steps, awaited, senders, conflicting, beyond] = await Promise.all([
      records.performed.performedOfStudies([studyInstanceUid]),
      records.performed.countAwaited([studyInstanceUid]),
      index.senders(studyInstanceUid),
      records.conflictingOf(studyInstanceUid),
      isOwn ? transfers()?.of(studyInstanceUid, limits.receiptInstances) : undefined,
    ]);
    const own = steps.filter(({ facility }) => facility === study.facility);
    const elsewhere = isOwn ? await this.#elsewhere(studyInstanceUid) : NOT_ELSEWHERE;
    const facts = { study, elsewhere, steps: own, awaited: awaited.get(studyInstanceUid) ?? 0, senders, conflicting, isOwn };
    return await this.#put({ ...facts, beyond: beyond ?? NO_TRANSFERS });
  }

  async #put({ study, elsewhere, steps, awaited, senders, conflicting, isOwn, beyond }: Facts): Promise<Receipt> {
    const { index } = this.#with;
    const { studyInstanceUid, facility, instanceCount, completeness } = study;
    const { deliveries, undecided, notCommitted, commitments } = beyond;
    const [found] = await missingOf(this.#with, [{ studyInstanceUid, facility, awaited, notCommitted }]);
    const { missing, refused } = found ?? { missing: 0, refused: [] };
    const shown = await index.present(conflicting);
    const sum = (count: (delivery: (typeof deliveries)[number]) => number) =>
      deliveries.reduce((total, delivery) => total + count(delivery), 0);
    return {
      studyInstanceUid,
      state: receiptState({
        arriving: completeness.state === 'arriving',
        missing,
        refused: refused.length,
        conflicts: conflicting.length,
        aside: sum(({ aside }) => aside),
        waiting: undecided + sum(({ waiting, held }) => waiting + held),
      }),
      missing,
      told: isOwn ? told(steps, beyond, senders, refused) : told(steps, NO_TRANSFERS, [], []),
      sent: senders.map(({ sender, count, first, last }) => {
        const by = isOwn ? sender : null;
        return { callingAe: by?.callingAe ?? null, user: by?.user ?? null, address: by?.address ?? null, count, first, last };
      }),
      safe: instanceCount + conflicting.filter((uid) => !shown.has(uid)).length,
      indexed: instanceCount,
      conflicts: conflicting.length,
      refused: refused.length,
      refusals: isOwn ? refusals(refused) : [],
      commitment: committed(commitments),
      deliveries,
      undecided,
      ...elsewhere,
    };
  }

  /** Nothing of it is here any more: the centre kept all of it when it was removed, and says what it has. */
  async #ofRemoved(studyInstanceUid: string, scope: Scope): Promise<Receipt | undefined> {
    const { records, transfers, limits } = this.#with;
    const known = await records.removals.find(studyInstanceUid);
    if (known === undefined || !reaches(scope, known.facility)) {
      return undefined;
    }
    const [steps, elsewhere, beyond = NO_TRANSFERS] = await Promise.all([
      records.performed.performedOfStudies([studyInstanceUid]),
      this.#elsewhere(studyInstanceUid),
      transfers()?.of(studyInstanceUid, limits.receiptInstances),
    ]);
    const { deliveries, undecided, commitments } = beyond;
    const own = steps.filter(({ facility }) => facility === known.facility);
    const { state = 'complete', missing = 0 } = elsewhere.centre?.receipt ?? {};
    return {
      ...NOTHING,
      studyInstanceUid,
      state,
      missing,
      told: told(own, beyond, [], []),
      commitment: committed(commitments),
      deliveries,
      undecided,
      ...elsewhere,
    };
  }

  async #elsewhere(studyInstanceUid: string): Promise<typeof NOT_ELSEWHERE> {
    const { records, transfers } = this.#with;
    const [known, centre = null] = await Promise.all([
      records.removals.find(studyInstanceUid),
      transfers()?.centre?.(studyInstanceUid),
    ]);
    return { removed: known === undefined ? null : { instances: known.instances, at: known.at }, centre };
  }

  /** Nothing of it is here: told all the same where a sender was turned away. */
  async #ofNothing(studyInstanceUid: string, scope: Scope): Promise<Receipt> {
    const { records, limits } = this.#with;
    const refused = (await records.refusals.ofStudies([studyInstanceUid], limits.receiptInstances)).filter(({ facility }) =>
      reaches(scope, facility),
    );
    const owned = (await this.#with.index.studiesOf([studyInstanceUid], this.#with.now())).length > 0;
    if (refused.length === 0 || owned) {
      throw notFound();
    }
    return {
      ...NOTHING,
      studyInstanceUid,
      state: 'problem',
      missing: refused.length,
      told: told([], NO_TRANSFERS, [], refused),
      refused: refused.length,
      refusals: refusals(refused),
    };
  }

  /** Studies of which something is missing, or on its way, newest first. @throws ArchiveError `invalid-request` */
  async list({ state, from, to, limit, after }: ReceiptsQuery, scope: Scope): Promise<ReceiptPage> {
    await this.#arrivals.idle();
    const { index, now } = this.#with;
    const candidates = await this.#candidates(state);
    const window = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const ordered = await index.orderStudies(candidates, window, scope, now());
    const begin = after === undefined ? 0 : ordered.findIndex(({ cursor }) => cursor === after) + 1;
    const found: (StudyEntry & StudyAround)[] = [];
    let position = begin;
    for (; position < ordered.length && found.length <= limit; position += PAGE) {
      const page = ordered.slice(position, position + PAGE).map(({ studyInstanceUid }) => studyInstanceUid);
      const studies = await withAround(this.#with, await index.studiesOf(page, now()), scope);
      found.push(...studies.filter(({ receipt }) => receipt.state === state));
    }
    const studies = found.slice(0, limit);
    const last = studies.at(-1)?.studyInstanceUid;
    const cursor = ordered.find(({ studyInstanceUid }) => studyInstanceUid === last)?.cursor;
    const absent = after === undefined && state === 'problem' ? await this.#absent(candidates, scope) : [];
    return { studies, absent, next: found.length > limit ? (cursor ?? null) : null };
  }

  async #candidates(state: ReceiptsQuery['state']): Promise<readonly string[]> {
    const { records, transfers, limits } = this.#with;
    const most = limits.receiptStudies;
    const lists = await Promise.all([
      transfers()?.studies(state, most) ?? [],
      ...(state === 'problem'
        ? [records.refusals.studies(most), records.performed.awaitedStudies(most), records.studiesInConflict(most)]
        : []),
    ]);
    return [...new Set(lists.flat())].slice(0, most);
  }

  async #absent(candidates: readonly string[], scope: Scope): Promise<readonly AbsentStudy[]> {
    const { index, records, limits, now } = this.#with;
    const here = new Set((await index.orderStudies(candidates, {}, { facilities: 'all' }, now())).map(uidOf));
    const gone = candidates.filter((uid) => !here.has(uid)).slice(0, limits.studyPage);
    const refused = await records.refusals.ofStudies(gone, limits.receiptInstances);
    const own = refused.filter(({ facility }) => reaches(scope, facility));
    return [...Map.groupBy(own, uidOf).values()].flatMap((same) => {
      const [first] = same;
      return first === undefined
        ? []
        : [
            {
              studyInstanceUid: first.studyInstanceUid,
              facility: first.facility,
              refused: same.length,
              from: first.sender,
              last: latest(same.map(({ at }) => at)),
            },
          ];
    });
  }
}

interface Facts {
  readonly elsewhere: Pick<Receipt, 'removed' | 'centre'>;
  readonly study: StudyEntry & StudyAround;
  readonly steps: readonly PerformedFacts[];
  readonly awaited: number;
  readonly senders: readonly SentBy[];
  readonly conflicting: readonly string[];
  /** The caller belongs to the facility that owns it. */
  readonly isOwn: boolean;
  readonly beyond: StudyTransfers;
}

/** What machines say there is: by performed steps that are done, by what they ask about, and by what they tried to send. */
function told(
  steps: readonly PerformedFacts[],
  { commitments }: StudyTransfers,
  senders: readonly SentBy[],
  refused: readonly RefusedInstance[],
): readonly Told[] {
  const performed = steps.filter(({ state, named }) => state !== 'IN PROGRESS' && named > 0);
  return [
    ...performed.map(({ stationAeTitle: from, named: count, updatedAt: at }) => ({ by: 'mpps', from, count, at }) as const),
    ...commitments.map(({ aeTitle: from, asked: count, askedAt: at }) => ({ by: 'commitment', from, count, at }) as const),
    ...[...Map.groupBy(refused, ({ sender }) => sender)].map(([from, some]) => {
      const kept = senders.filter(({ sender }) => sender?.callingAe === from || sender?.user === from);
      const count = some.length + kept.reduce((sum, one) => sum + one.count, 0);
      return { by: 'association', from, count, at: latest(some.map(({ at }) => at)) } as const;
    }),
  ];
}

function committed(commitments: StudyTransfers['commitments']): Receipt['commitment'] {
  const sum = (count: (one: (typeof commitments)[number]) => number) => commitments.reduce((total, one) => total + count(one), 0);
  return {
    asked: sum(({ asked }) => asked),
    granted: sum(({ granted }) => granted),
    refused: sum(({ refused }) => refused),
    reportedAt:
      commitments
        .map(({ reportedAt }) => reportedAt)
        .toSorted()
        .at(-1) ?? null,
  };
}

function refusals(refused: readonly RefusedInstance[]): readonly Refusal[] {
  return [...Map.groupBy(refused, ({ reason, sender }) => `${reason} ${sender}`).values()].flatMap((same) => {
    const [first] = same;
    return first === undefined
      ? []
      : [{ reason: first.reason, from: first.sender, count: same.length, last: latest(same.map(({ at }) => at)) }];
  });
}

function latest(times: readonly string[]): string {
  return times.toSorted().at(-1) ?? '';
}

function uidOf({ studyInstanceUid }: { readonly studyInstanceUid: string }): string {
  return studyInstanceUid;
}

function reaches({ facilities }: Scope, facility: string): boolean {
  return facilities === 'all' || facilities.includes(facility);
}

function notFound(): ArchiveError {
  return new ArchiveError('not-found', 'there is no such study');
}
