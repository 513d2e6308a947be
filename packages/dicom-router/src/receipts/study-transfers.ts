import { sql } from 'kysely';
import type { Clock } from '../destinations/clock.ts';
import type { Deliveries } from '../destinations/deliveries.ts';
import type { DestinationDirectory } from '../destinations/destination-directory.ts';
import { foretold } from '../destinations/line/line-hours.ts';
import { classAt } from '../records/deliveries.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import type { Destination } from '../routing/destination.ts';
import { openStudies, openTransfers } from './open-transfers.ts';
import type { CommitmentStanding, DeliveryStanding, StudyTransfers, Transfers } from './transfers.ts';

export interface TransfersParts {
  readonly database: RouterDatabase;
  readonly destinations: Pick<DestinationDirectory, 'find'>;
  readonly deliveries: Pick<Deliveries, 'status'>;
  readonly clock: Clock;
}

export function createTransfers(parts: TransfersParts): Transfers {
  return {
    open: (studies, most) => openTransfers(parts.database, studies, most),
    of: (study, most) => transfersOf(parts, study, most),
    studies: (which, most) => openStudies(parts.database, which, most),
  };
}

async function transfersOf(parts: TransfersParts, study: string, most: number): Promise<StudyTransfers> {
  const { database } = parts;
  const [open, deliveries, commitments] = await Promise.all([
    openTransfers(database, [study], most),
    deliveriesOf(parts, study),
    commitmentsOf(database, study),
  ]);
  const undecided = (open.get(study)?.waiting ?? 0) - deliveries.reduce((sum, { waiting, held }) => sum + waiting + held, 0);
  return {
    deliveries,
    commitments,
    notCommitted: open.get(study)?.notCommitted ?? [],
    undecided: Math.max(0, undecided),
  };
}

interface Row {
  readonly destination: string;
  readonly state: 'queued' | 'sending' | 'done' | 'aside';
  readonly class: number;
  /** 1 while it is held until an hour. */
  readonly held: number;
  readonly count: number;
  /** Of these, what was counted before. */
  readonly repeated: number;
  readonly confirmed: number;
  readonly last: number | null;
  readonly problem: string | null;
}

interface Total {
  readonly kind: 'delivery' | 'commitment';
  readonly peer: string;
  readonly instances: number;
  readonly confirmed: number;
  readonly last_at: number;
}

function totalsOf(database: RouterDatabase, study: string): Promise<readonly Total[]> {
  return database.read(
    db
      .selectFrom('receipt_total')
      .select(['kind', 'peer', 'instances', 'confirmed', 'last_at'])
      .where('study_instance_uid', '=', study)
      .orderBy('peer'),
  );
}

async function deliveriesOf(parts: TransfersParts, study: string): Promise<readonly DeliveryStanding[]> {
  const { database, clock } = parts;
  const now = clock.now();
  const held = sql<number>`state = 'queued' AND coalesce(not_before, 0) > ${now}`;
  const [rows, totals] = await Promise.all([
    database.read(
      db
        .selectFrom('delivery')
        .select((column) => [
          'destination',
          'state',
          column.fn.min<number>('class').as('class'),
          held.as('held'),
          column.fn.countAll<number>().as('count'),
          sql<number>`coalesce(sum(repeated), 0)`.as('repeated'),
          sql<number>`coalesce(sum(commitment = 'confirmed' AND repeated = 0), 0)`.as('confirmed'),
          column.fn.max('finished_at').as('last'),
          column.fn.max('problem').as('problem'),
        ])
        .where('study_instance_uid', '=', study)
        .groupBy(['destination', 'state', held])
        .orderBy('destination'),
    ),
    totalsOf(database, study),
  ]);
  const past = new Map(totals.flatMap((total) => (total.kind === 'delivery' ? [[total.peer, total] as const] : [])));
  const byDestination = Map.groupBy(rows, ({ destination }) => destination);
  const ids = new Set([...byDestination.keys(), ...past.keys()]);
  return await Promise.all([...ids].map((id) => standing(parts, id, byDestination.get(id) ?? [], past.get(id), now)));
}

async function standing(
  parts: TransfersParts,
  id: string,
  rows: readonly Row[],
  past: Total | undefined,
  now: number,
): Promise<DeliveryStanding> {
  const destination = parts.destinations.find(id);
  const paused = destination?.enabled === false;
  const counts = { delivered: past?.instances ?? 0, waiting: 0, held: 0, aside: 0 };
  for (const { state, held, count, repeated } of rows) {
    if (state === 'done') {
      counts.delivered += count - repeated;
    } else if (state === 'aside') {
      counts.aside += count;
    } else {
      counts[held === 1 || (paused && state === 'queued') ? 'held' : 'waiting'] += count;
    }
  }
  const rank = Math.min(...rows.map((row) => row.class));
  const last = Math.max(0, past?.last_at ?? 0, ...rows.map((row) => row.last ?? 0));
  const status = parts.deliveries.status(id);
  const open = counts.waiting + counts.aside + counts.held > 0;
  return {
    destination: id,
    site: destination?.site ?? null,
    class: classAt(rank),
    ...counts,
    lastDeliveredAt: last === 0 ? null : new Date(last).toISOString(),
    arrives: counts.waiting === 0 ? null : await arrivalOf(parts, destination, rank, now),
    problem: open ? (rows.find(({ problem }) => problem !== null)?.problem ?? status?.problem ?? null) : null,
    confirmed: confirmed(
      destination,
      counts.delivered,
      (past?.confirmed ?? 0) + rows.reduce((sum, row) => sum + row.confirmed, 0),
    ),
  };
}

/** Another Filmless answers once it keeps what it got, so what it took it has confirmed. */
function confirmed(destination: Destination | undefined, delivered: number, counted: number): number | null {
  if (destination?.kind === 'filmless') {
    return delivered;
  }
  return (destination?.kind === 'dicom' && destination.commitment === true) || counted > 0 ? counted : null;
}

/** When all that waits there with this class, or a more urgent one, will have gone. */
async function arrivalOf(
  { database, deliveries }: TransfersParts,
  destination: Destination | undefined,
  rank: number,
  now: number,
): Promise<string | null> {
  const status = destination === undefined ? undefined : deliveries.status(destination.id);
  if (destination === undefined || status === undefined || status.problem !== undefined) {
    return null;
  }
  const [row] = await database.read(
    db
      .selectFrom('delivery')
      .select((column) => [column.fn.sum<number | null>('bytes').as('bytes'), sql<number>`count(*) - count(bytes)`.as('unknown')])
      .where('destination', '=', destination.id)
      .where('state', 'in', ['queued', 'sending'])
      .where('class', '<=', rank),
  );
  const bytes = (row?.bytes ?? 0) + (row?.unknown ?? 0) * ASSUMED_BYTES;
  const at = foretold(destination.line, status.bytesPerSecond, bytes, now);
  return at === undefined ? null : new Date(at).toISOString();
}

/** An instance whose length is not known counts as a slice of a CT. */
const ASSUMED_BYTES = 525_000;

async function commitmentsOf(database: RouterDatabase, study: string): Promise<readonly CommitmentStanding[]> {
  const [rows, reports, totals] = await Promise.all([
    database.read(
      db
        .selectFrom('committed_instance')
        .select((column) => [
          'ae_title',
          column.fn.countAll<number>().as('asked'),
          sql<number>`count(*) - count(failure)`.as('granted'),
          column.fn.max('at').as('at'),
        ])
        .where('study_instance_uid', '=', study)
        .groupBy('ae_title'),
    ),
    database.read(
      db
        .selectFrom('commitment_study')
        .innerJoin('commitment', 'commitment.id', 'commitment_study.commitment')
        .select((column) => ['ae_title', column.fn.max('reported_at').as('reported')])
        .where('commitment_study.study_instance_uid', '=', study)
        .groupBy('ae_title'),
    ),
    totalsOf(database, study),
  ]);
  const past = totals.filter(({ kind }) => kind === 'commitment');
  const titles = new Set([...rows.map((row) => row.ae_title), ...past.map(({ peer }) => peer)]);
  return [...titles].toSorted().map((aeTitle) => {
    const row = rows.find((one) => one.ae_title === aeTitle);
    const total = past.find(({ peer }) => peer === aeTitle);
    const before = total?.instances ?? 0;
    const reported = reports.find((one) => one.ae_title === aeTitle)?.reported ?? total?.last_at ?? null;
    const asked = (row?.asked ?? 0) + before;
    const granted = (row?.granted ?? 0) + before;
    return {
      aeTitle,
      asked,
      granted,
      refused: asked - granted,
      askedAt: new Date(Math.max(row?.at ?? 0, total?.last_at ?? 0)).toISOString(),
      reportedAt: reported === null ? null : new Date(reported).toISOString(),
    };
  });
}
