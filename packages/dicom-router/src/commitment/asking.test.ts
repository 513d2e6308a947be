import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSet, firstText, items, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DialogueDouble } from '../../test/dialogue-double.ts';
import { KeptLog } from '../../test/kept-log.ts';
import { SECONDARY_CAPTURE } from '../../test/objects.ts';
import { asked } from '../../test/service-request.ts';
import { SteppedClock } from '../../test/stepped-clock.ts';
import { COMMAND } from '../dimse/command-field.ts';
import type { Answer } from '../dimse/provider.ts';
import { RouterError } from '../errors.ts';
import { routerLimits } from '../limits.ts';
import { openRouterDatabase, type RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import { DELIVERY_CLASSES, type Decision } from '../routing/decision.ts';
import type { DicomDestination } from '../routing/destination.ts';
import { CommitmentAsking } from './asking.ts';
import { reportDataSet } from './data-sets.ts';
import { EVENT, STORAGE_COMMITMENT_SOP_CLASS } from './sop-class.ts';

const DESTINATION: DicomDestination = {
  kind: 'dicom',
  id: 'pacs',
  aeTitle: 'PACS',
  host: '10.0.0.9',
  port: 104,
  when: { callingAes: [], modalities: [] },
  enabled: true,
  commitment: true,
};

let folder: string;
let database: RouterDatabase;
let clock: SteppedClock;
let log: KeptLog;
let calls: (DialogueDouble | Error)[];
let called: DialogueDouble[];
let resent: string[];
let asking: CommitmentAsking;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-asking-'));
  database = await openRouterDatabase(folder);
  clock = new SteppedClock();
  log = new KeptLog();
  [calls, called, resent] = [[], [], []];
  const { id, aeTitle, host, port } = DESTINATION;
  const settings = JSON.stringify({ commitment: true });
  await database.write('putDestination', {
    kind: 'dicom',
    id,
    ae_title: aeTitle,
    host,
    port,
    calling_ae: null,
    rule: '{}',
    enabled: 1,
    settings,
  });
  asking = open();
});

afterEach(async () => {
  await asking[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function open(): CommitmentAsking {
  return new CommitmentAsking({
    database,
    destinations: () => [DESTINATION],
    resent: (id) => resent.push(id),
    clock,
    limits: routerLimits({ commitmentResends: 1 }),
    log,
    call: () => {
      const next = calls.shift() ?? new DialogueDouble(STORAGE_COMMITMENT_SOP_CLASS);
      if (next instanceof Error) {
        return Promise.reject(next);
      }
      called.push(next);
      return Promise.resolve(next);
    },
  });
}

const DECISION: Decision = { destination: 'pacs', rule: 'all', priority: 'routine', changes: {} };

/** An instance that was delivered, and is to be asked about. */
async function deliver(number: number, copyUid?: string): Promise<void> {
  const instance = {
    studyInstanceUid: '2.25.1',
    seriesInstanceUid: '2.25.1.1',
    sopInstanceUid: `2.25.1.1.${number}`,
    sopClassUid: SECONDARY_CAPTURE,
    transferSyntaxUid: '1.2.840.10008.1.2.1',
  };
  const now = clock.now();
  await database.write('queueDeliveries', { decisions: [DECISION], instance, now, again: false });
  const due = await database.write('claimDeliveries', {
    destination: 'pacs',
    classes: DELIVERY_CLASSES,
    now,
    limit: 10,
    bytes: 1_000,
  });
  for (const { id } of due) {
    await database.write('settleDeliveries', {
      deliveries: [{ id, attempts: 1, outcome: { state: 'done', confirm: true, copyUid } }],
      now,
    });
  }
}

/** What was delivered a second time. */
async function deliverAgain(): Promise<void> {
  const now = clock.now();
  for (const { id } of await database.write('claimDeliveries', {
    destination: 'pacs',
    classes: DELIVERY_CLASSES,
    now,
    limit: 10,
    bytes: 1_000,
  })) {
    await database.write('settleDeliveries', {
      deliveries: [{ id, attempts: 1, outcome: { state: 'done', confirm: true } }],
      now,
    });
  }
}

const deliveries = () => database.read(db.selectFrom('delivery').selectAll().orderBy('id'));
const states = async () => (await deliveries()).map(({ state, commitment }) => `${state} ${commitment}`);

/** Lets time pass until so many requests were made; gives the Transaction UID of the last. */
async function askedFor(count: number): Promise<string> {
  const requests = () => called.flatMap(({ performed }) => performed);
  await expect
    .poll(() => {
      clock.step(20_000);
      return requests().length;
    })
    .toBe(count);
  return firstText(requests().at(-1)?.dataSet ?? {}, TAG.TransactionUID) ?? '';
}

const named = (numbers: readonly number[]) =>
  numbers.map((number) => ({ sopClassUid: SECONDARY_CAPTURE, sopInstanceUid: `2.25.1.1.${number}` }));

async function report(uid: string, kept: readonly number[], refused: readonly number[], callingAe = 'PACS'): Promise<Answer> {
  const dataSet = reportDataSet(
    uid,
    'PACS',
    named(kept),
    named(refused).map((one) => ({ ...one, failure: 0x0112 })),
  );
  return await event(dataSet, refused.length === 0 ? EVENT.complete : EVENT.failuresExist, callingAe);
}

async function event(dataSet: DataSet | Uint8Array | undefined, EventTypeID: number, callingAe = 'PACS'): Promise<Answer> {
  const { request } = asked({
    abstractSyntax: STORAGE_COMMITMENT_SOP_CLASS,
    command: { CommandField: COMMAND.nEventReportRq, EventTypeID },
    dataSet,
    callingAe,
  });
  return await asking.service.handle(request);
}

describe('a destination that is asked to commit itself', () => {
  it('is asked once for what was delivered together, and what it keeps is confirmed', async () => {
    await deliver(1);
    await deliver(2);
    await asking.start();
    const uid = await askedFor(1);
    const [request] = called[0]?.performed ?? [];
    expect(request?.command).toMatchObject({ CommandField: COMMAND.nActionRq, ActionTypeID: 1 });
    expect(items(request?.dataSet ?? {}, TAG.ReferencedSOPSequence)).toHaveLength(2);
    expect(await report(uid, [1, 2], [])).toEqual({ status: 'success', elements: { EventTypeID: 1 } });
    expect(await states()).toEqual(['done confirmed', 'done confirmed']);
    expect(await database.read(db.selectFrom('commitment_request').select('state'))).toEqual([{ state: 'answered' }]);
  });

  it('is asked for the UIDs of copies that have their own', async () => {
    await deliver(1, '2.25.1.1.77');
    await deliver(2, '2.25.1.1.88');
    await asking.start();
    const uid = await askedFor(1);
    const [request] = called[0]?.performed ?? [];
    const references = items(request?.dataSet ?? {}, TAG.ReferencedSOPSequence);
    expect(references.map((item) => firstText(item, TAG.ReferencedSOPInstanceUID))).toEqual(['2.25.1.1.77', '2.25.1.1.88']);
    await report(uid, [77], [88]);
    expect(await states()).toEqual(['done confirmed', 'queued null']);
  });

  it('is sent again what it does not keep, and asked again; after that a person decides', async () => {
    await deliver(1);
    await deliver(2);
    await asking.start();
    await report(await askedFor(1), [1], [2]);
    expect(await states()).toEqual(['done confirmed', 'queued null']);
    expect(resent).toEqual(['pacs']);
    expect((await deliveries())[1]).toMatchObject({
      attempts: 0,
      resends: 1,
      problem: 'the receiver does not commit itself to it (0112H): sent again',
    });
    await deliverAgain();
    await report(await askedFor(2), [], [2]);
    expect(await states()).toEqual(['done confirmed', 'aside refused']);
    expect(resent).toEqual(['pacs']);
  });

  it('is asked again for what its report does not name', async () => {
    await deliver(1);
    await deliver(2);
    await asking.start();
    await report(await askedFor(1), [1], []);
    expect(await states()).toEqual(['done confirmed', 'done wanted']);
    await report(await askedFor(2), [2], []);
    expect(await states()).toEqual(['done confirmed', 'done confirmed']);
  });

  it('may report twice', async () => {
    await deliver(1);
    await asking.start();
    const uid = await askedFor(1);
    await report(uid, [1], []);
    expect((await report(uid, [1], [])).status).toBe('success');
    expect(await states()).toEqual(['done confirmed']);
  });

  it('that is away or will not have the request is asked again, later', async () => {
    calls = [new RouterError('unreachable', 'it is off'), refusing(0x0110)];
    await deliver(1);
    await asking.start();
    await askedFor(2);
    expect(log.lines.filter((line) => line.startsWith('commitment.not-asked'))).toHaveLength(2);
    expect(await states()).toEqual(['done asked']);
  });

  it('that never reports is asked again after a day, and no more after six', async () => {
    await deliver(1);
    await asking.start();
    await askedFor(1);
    await expect
      .poll(async () => {
        clock.step(43_200_000);
        return await states();
      })
      .toEqual(['done unanswered']);
    const before = called.length;
    expect(before).toBeGreaterThan(2);
    clock.step(86_400_000);
    clock.step(86_400_000);
    expect(called).toHaveLength(before);
  });

  it('is asked anew about what was being asked when the product stopped', async () => {
    await deliver(1);
    await database.write('beginCommitmentRequest', {
      destination: 'pacs',
      transactionUid: '2.25.3',
      deliveredBefore: clock.now(),
      limit: 10,
      now: clock.now(),
    });
    expect(await states()).toEqual(['done asked']);
    await asking.start();
    expect(await askedFor(1)).not.toBe('2.25.3');
  });
});

describe('a report that is not believed', () => {
  it.each<[string, string, string]>([
    ['of a transaction that nobody asked for', '2.25.999', 'PACS'],
    ['of another entity', '', 'OTHER'],
  ])('is one %s', async (_, uid, callingAe) => {
    await deliver(1);
    await asking.start();
    const asked = await askedFor(1);
    expect((await report(uid === '' ? asked : uid, [1], [], callingAe)).status).toBe('invalidArgumentValue');
    expect(await states()).toEqual(['done asked']);
  });

  it.each<[string, DataSet | Uint8Array | undefined, number, string]>([
    ['of no type there is', {}, 3, 'noSuchEventType'],
    ['without a transaction', {}, 1, 'invalidArgumentValue'],
    ['of broken bytes', Uint8Array.of(8, 0, 0x95, 0x11, 0xff, 0xff, 0xff, 0x7f, 1), 1, 'invalidArgumentValue'],
    ['without a data set', undefined, 1, 'invalidArgumentValue'],
  ])('is one %s', async (_, dataSet, type, status) => {
    expect((await event(dataSet, type)).status).toBe(status);
  });
});

function refusing(status: number): DialogueDouble {
  const dialogue = new DialogueDouble(STORAGE_COMMITMENT_SOP_CLASS);
  dialogue.answers = [status];
  return dialogue;
}
