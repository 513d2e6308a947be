import type { Scope } from '@filmless/access';
import type { ChangeFeed } from '../changes.ts';
import { type Dependencies, issuerOf } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import type { StudyDetail } from '../model.ts';
import { completeOrders } from './complete-orders.ts';
import { isAtRest } from './completeness.ts';
import { patientDifferences } from './matching.ts';
import type { Order } from './model.ts';
import type { KeptOrder, OrderKey } from './order-records.ts';

export interface MatchWishOfPerson {
  readonly studyInstanceUid: string;
  readonly accessionNumber: string;
  /** The patients differ, and somebody looked. */
  readonly confirm: boolean;
  readonly by: string;
}

/** Studies matched with orders by hand, and taken from them again. No byte of an object is changed by it. */
export class MatchDesk {
  readonly #with: Dependencies;
  readonly #changes: ChangeFeed;
  readonly #arrivals: { idle(): Promise<void> };

  constructor(dependencies: Dependencies, changes: ChangeFeed, arrivals: { idle(): Promise<void> }) {
    this.#with = dependencies;
    this.#changes = changes;
    this.#arrivals = arrivals;
  }

  /** @throws ArchiveError `not-found`; `conflict` when the patients differ and nobody confirmed it, with `differences` */
  async match(wish: MatchWishOfPerson, scope: Scope): Promise<Order> {
    const { records, now } = this.#with;
    const study = await this.#ownStudy(wish.studyInstanceUid, scope);
    const order = await this.#order(wish.accessionNumber, study.facility);
    const differences = patientDifferences(study, order.document.patient, issuerOf(this.#with, study.facility));
    if (differences.length > 0 && !wish.confirm) {
      const fields = differences.map(({ field }) => field).join(', ');
      throw new ArchiveError('conflict', `the patient of the study is not that of the order: ${fields} differ; confirm it`, {
        members: { code: 'patient-mismatch', differences },
      });
    }
    const { studyInstanceUid, facility, modalities } = study;
    const match = { studyInstanceUid, facility, orderId: order.id, basis: 'person', by: wish.by, at: now() } as const;
    const changed = await records.matches.put({ match, modalities, onlyFirst: false });
    if (isAtRest(study, now(), this.#with.limits)) {
      await records.matches.moveByImages({ orderId: order.id, modalities, to: 'COMPLETED', at: now() });
    }
    await this.#tell(studyInstanceUid, [order.id, changed?.before ?? null]);
    const [kept = order] = await records.orders.byId([order.id]);
    const [whole] = await completeOrders(this.#with, [kept]);
    if (whole === undefined) {
      throw new Error('an order was not put together');
    }
    return whole;
  }

  /** Nothing matches the study by itself from then on. @throws ArchiveError `not-found` when it has no order */
  async unmatch(studyInstanceUid: string, by: string, scope: Scope): Promise<OrderKey> {
    const { records, now } = this.#with;
    const { facility, modalities } = await this.#ownStudy(studyInstanceUid, scope);
    const known = (await records.matches.matches([studyInstanceUid])).get(studyInstanceUid);
    if (known === undefined || known.orderId === null) {
      throw new ArchiveError('not-found', 'the study is matched with no order');
    }
    const match = { studyInstanceUid, facility, orderId: null, basis: 'released', by, at: now() } as const;
    await records.matches.put({ match, modalities, onlyFirst: false });
    await this.#tell(studyInstanceUid, [known.orderId]);
    const [order] = await records.orders.byId([known.orderId]);
    return { facility, accessionNumber: order?.document.accessionNumber ?? '' };
  }

  async #tell(studyInstanceUid: string, orderIds: readonly (number | null)[]): Promise<void> {
    const ids = orderIds.filter((id) => id !== null);
    for (const { document } of await this.#with.records.orders.byId(ids)) {
      this.#changes.noteOrder({ facility: document.facility, accessionNumber: document.accessionNumber }, 'updated');
    }
    this.#changes.note(studyInstanceUid, 'updated');
  }

  async #order(accessionNumber: string, facility: string): Promise<KeptOrder> {
    const [order] = await this.#with.records.orders.byAccession(accessionNumber, [facility]);
    if (order === undefined) {
      throw new ArchiveError('not-found', 'there is no such order');
    }
    if (order.state === 'CANCELLED') {
      throw new ArchiveError('conflict', 'the order is cancelled; change it with ?restore=true first');
    }
    return order;
  }

  /** One that is only shared with the caller is not theirs to match. */
  async #ownStudy(studyInstanceUid: string, scope: Scope): Promise<StudyDetail> {
    await this.#arrivals.idle();
    const study = await this.#with.index.studyDetail(studyInstanceUid, scope, this.#with.now());
    if (study === undefined || (scope.facilities !== 'all' && !scope.facilities.includes(study.facility))) {
      throw new ArchiveError('not-found', 'there is no such study');
    }
    return study;
  }
}
