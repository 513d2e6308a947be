import type { Access } from '@filmless/access';
import type { Delivery } from '../records/deliveries.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import type { LegalBasis } from '../routing/decision.ts';
import type { Destination } from '../routing/destination.ts';
import type { Clock } from './clock.ts';

export interface SharingOptions {
  readonly database: RouterDatabase;
  readonly clock: Clock;
  readonly audit: Access['audit'];
}

/** Who shares, in the audit trail. */
const ROUTER = { kind: 'service', id: 'dicom-router', name: 'dicom-router' } as const;

const NO_BASIS =
  'it goes to another facility without a legal basis: give the destination one (basis), or the rule that sends it, and send it again';

/** What may go out, and why the rest may not. */
export interface Admitted {
  readonly allowed: readonly Delivery[];
  readonly lacking: readonly Delivery[];
  readonly problem: string;
}

/**
 * Sees to it that nothing goes to another facility without a legal basis, and that the audit trail has a line for each study and basis
 * before the first of its instances goes. Law 91/2025/QH15 art. 26.
 */
export class Sharing {
  readonly #options: SharingOptions;

  constructor(options: SharingOptions) {
    this.#options = options;
  }

  /** Resolves once the audit trail has it. */
  async admit(destination: Destination, deliveries: readonly Delivery[]): Promise<Admitted> {
    if (destination.site === undefined) {
      return { allowed: deliveries, lacking: [], problem: NO_BASIS };
    }
    const allowed = deliveries.flatMap((delivery) => {
      const legal = delivery.legal ?? destination.basis;
      return legal === undefined ? [] : [{ ...delivery, legal }];
    });
    const studies = new Map(
      allowed.map((delivery) => [`${delivery.studyInstanceUid} ${JSON.stringify(delivery.legal)}`, delivery]),
    );
    const known = await this.#known(
      destination.id,
      [...studies.values()].map(({ studyInstanceUid }) => studyInstanceUid),
    );
    for (const [key, delivery] of studies) {
      if (!known.has(key)) {
        await this.#note(destination, destination.site, delivery, delivery.legal);
      }
    }
    const allowedIds = new Set(allowed.map(({ id }) => id));
    return { allowed, lacking: deliveries.filter(({ id }) => !allowedIds.has(id)), problem: NO_BASIS };
  }

  async #known(destination: string, studies: readonly string[]): Promise<ReadonlySet<string>> {
    if (studies.length === 0) {
      return new Set();
    }
    const rows = await this.#options.database.read(
      db
        .selectFrom('delivery_share')
        .select(['study_instance_uid', 'legal'])
        .where('destination', '=', destination)
        .where('study_instance_uid', 'in', studies),
    );
    return new Set(rows.map((row) => `${row.study_instance_uid} ${row.legal}`));
  }

  /** NOTE: the trail first: a stop in between gives a second line, never none. */
  async #note(destination: Destination, site: string, delivery: Delivery, legal: LegalBasis): Promise<void> {
    const { database, clock, audit } = this.#options;
    const { studyInstanceUid, origin } = delivery;
    const evidence = legal.evidence === undefined ? '' : `, ${legal.evidence}`;
    await audit({
      action: 'study.send',
      outcome: 'success',
      subject: ROUTER,
      studyInstanceUid,
      ...(origin === undefined ? {} : { facility: origin.facility }),
      detail: `to ${site} (destination ${destination.id}), legal basis: ${legal.basis}${evidence}`,
    });
    await database.write('noteShare', { studyInstanceUid, destination: destination.id, legal, now: clock.now() });
  }
}
