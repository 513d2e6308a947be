import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from '@filmless/access';
import { Deliveries } from '../src/destinations/deliveries.ts';
import { DestinationDirectory } from '../src/destinations/destination-directory.ts';
import { Sharing } from '../src/destinations/sharing.ts';
import type { Transport } from '../src/destinations/transport.ts';
import { type RouterLimits, routerLimits } from '../src/limits.ts';
import type { DeliveredInstance } from '../src/records/deliveries.ts';
import { openRouterDatabase, type RouterDatabase } from '../src/records/router-database.ts';
import { db } from '../src/records/tables.ts';
import type { Decision } from '../src/routing/decision.ts';
import type { Destination, DicomDestination } from '../src/routing/destination.ts';
import { KeptLog } from './kept-log.ts';
import { SteppedClock } from './stepped-clock.ts';

export const WORKSTATION: DicomDestination = {
  kind: 'dicom',
  id: 'workstation',
  aeTitle: 'WS1',
  host: '10.0.0.9',
  port: 104,
  when: { callingAes: [], modalities: ['CT'] },
  enabled: true,
};

export const TO_WORKSTATION: Decision = { destination: 'workstation', rule: 'all CT', priority: 'routine', changes: {} };

export const numbered = (number: number, study: string = '1.2'): DeliveredInstance => ({
  studyInstanceUid: study,
  seriesInstanceUid: '1.2.3',
  sopInstanceUid: `1.2.3.${number}`,
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
});

interface DeliveryRow {
  readonly sop_instance_uid: string;
  readonly state: string;
  readonly attempts: number;
  readonly problem: string | null;
}

/** Queues over a database of their own, a clock that is stepped, and a destination that does what the test says. */
export class DeliveryDesk implements AsyncDisposable {
  readonly folder: string;
  readonly clock: SteppedClock = new SteppedClock();
  readonly log: KeptLog = new KeptLog();
  readonly events: AuditEvent[] = [];
  /** What arrived, in its order. */
  readonly sent: string[] = [];
  database: RouterDatabase;
  /** A test changes it. */
  send: Transport['send'] = (due, report) => this.takes(due, report);
  deliveries: Deliveries | undefined;

  private constructor(folder: string, database: RouterDatabase) {
    this.folder = folder;
    this.database = database;
  }

  static async open(): Promise<DeliveryDesk> {
    const folder = await mkdtemp(join(tmpdir(), 'filmless-deliveries-'));
    return new DeliveryDesk(folder, await openRouterDatabase(folder));
  }

  async start(destinations: readonly Destination[] = [WORKSTATION], changes: Partial<RouterLimits> = {}): Promise<Deliveries> {
    const { database, clock, log } = this;
    const limits = routerLimits({
      deliveryDelayMs: 1000,
      deliveryMaxDelayMs: 8000,
      deliveryAttempts: 4,
      deliveryBatch: 2,
      ...changes,
    });
    const audit = (event: AuditEvent) => {
      this.events.push(event);
      return Promise.resolve();
    };
    const directory = await DestinationDirectory.open(database, { configured: destinations, fixed: [], limit: 10 });
    const deliveries = await Deliveries.open(
      {
        database,
        clock,
        limits,
        log,
        random: () => 0.5,
        sharing: new Sharing({ database, clock, audit }),
        openTransport: () => ({ send: (...args) => this.send(...args) }),
      },
      directory,
    );
    this.deliveries = deliveries;
    return deliveries;
  }

  /** Takes all there is. */
  async takes(
    ...[due, report]: Parameters<Transport['send']> | [Parameters<Transport['send']>[0], Parameters<Transport['send']>[1]]
  ): Promise<void> {
    for (const delivery of due) {
      this.sent.push(delivery.sopInstanceUid);
      await report(delivery, { kind: 'done' });
    }
  }

  rows(): Promise<readonly DeliveryRow[]> {
    return this.database.read(
      db.selectFrom('delivery').select(['sop_instance_uid', 'state', 'attempts', 'problem']).orderBy('id'),
    );
  }

  async states(): Promise<readonly string[]> {
    return (await this.rows()).map(({ state }) => state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.deliveries?.[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
  }
}
