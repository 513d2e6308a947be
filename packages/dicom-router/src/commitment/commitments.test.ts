import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSet, firstText, items, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DialogueDouble } from '../../test/dialogue-double.ts';
import { KeptLog } from '../../test/kept-log.ts';
import { OrdersDouble } from '../../test/orders-double.ts';
import { SteppedClock } from '../../test/stepped-clock.ts';
import type { AeConfig } from '../aes/ae-config.ts';
import { RouterError } from '../errors.ts';
import { type RouterLimits, routerLimits } from '../limits.ts';
import type { CommittedInstance } from '../records/commitments.ts';
import { openRouterDatabase, type RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import { Commitments } from './commitments.ts';
import { STORAGE_COMMITMENT_SOP_CLASS } from './sop-class.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const MR = '1.2.840.10008.5.1.4.1.1.4';
const CONTEXT = {
  id: 1,
  abstractSyntax: STORAGE_COMMITMENT_SOP_CLASS,
  transferSyntax: '1.2.840.10008.1.2.1',
  roles: { scu: true, scp: true },
};

let folder: string;
let database: RouterDatabase;
let archive: OrdersDouble;
let clock: SteppedClock;
let log: KeptLog;
let ae: AeConfig | undefined;
/** What comes of the next calls; a new dialogue when there is nothing more. */
let calls: (DialogueDouble | Error)[];
let called: DialogueDouble[];
let commitments: Commitments;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-commitment-'));
  database = await openRouterDatabase(folder);
  archive = new OrdersDouble();
  clock = new SteppedClock();
  log = new KeptLog();
  ae = { title: 'CT01', host: '10.0.0.1', port: 104, may: ['store'], facility: 'main' };
  calls = [];
  called = [];
  commitments = open();
});

afterEach(async () => {
  await commitments[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function open(limits: Partial<RouterLimits> = {}, safeAt?: OrdersDouble['fetch']): Commitments {
  return new Commitments({
    safeAt,
    database,
    aes: { find: () => ae },
    archiveFetch: archive.fetch,
    aeTitle: 'FILMLESS',
    clock,
    limits: routerLimits(limits),
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

const instance = (number: number, sopClassUid = CT): CommittedInstance => ({ sopClassUid, sopInstanceUid: `2.25.5.${number}` });

function hold(...instances: readonly CommittedInstance[]): void {
  for (const { sopClassUid, sopInstanceUid } of instances) {
    archive.held.set(sopInstanceUid, sopClassUid);
  }
}

const keep = (instances: readonly CommittedInstance[], transactionUid = '2.25.9'): Promise<number | undefined> =>
  commitments.keep({ transactionUid, aeTitle: 'CT01', facility: 'main', address: '10.0.0.1', instances });

async function row(id: number | undefined) {
  const [found] = await database.read(
    db
      .selectFrom('commitment')
      .selectAll()
      .where('id', '=', id ?? 0),
  );
  return found;
}

/** Lets time pass until the request is as expected. */
async function passing(id: number | undefined, expected: object): Promise<void> {
  await expect
    .poll(async () => {
      clock.step(1_800_000);
      return await row(id);
    })
    .toMatchObject(expected);
}

const uids = (dataSet: DataSet | undefined, tag: string): readonly (string | undefined)[] =>
  items(dataSet ?? {}, tag).map((item) => firstText(item, TAG.ReferencedSOPInstanceUID));

describe('storage commitment that a machine asks for', () => {
  it('is reported on the association it asked on, with what is here and what is not', async () => {
    hold(instance(1), instance(2, MR));
    const id = await keep([instance(1), instance(2), instance(3)]);
    const dialogue = new DialogueDouble(STORAGE_COMMITMENT_SOP_CLASS);
    await commitments.reportHere(id ?? 0, dialogue, CONTEXT);
    const [report] = dialogue.performed;
    expect(report?.command).toMatchObject({
      CommandField: 0x0100,
      EventTypeID: 2,
      AffectedSOPInstanceUID: '1.2.840.10008.1.20.1.1',
    });
    expect(firstText(report?.dataSet ?? {}, TAG.TransactionUID)).toBe('2.25.9');
    expect(firstText(report?.dataSet ?? {}, TAG.RetrieveAETitle)).toBe('FILMLESS');
    expect(uids(report?.dataSet, TAG.ReferencedSOPSequence)).toEqual(['2.25.5.1']);
    const failed = items(report?.dataSet ?? {}, TAG.FailedSOPSequence);
    expect(failed.map((item) => [firstText(item, TAG.ReferencedSOPInstanceUID), item[TAG.FailureReason]?.Value?.[0]])).toEqual([
      ['2.25.5.2', 0x0119],
      ['2.25.5.3', 0x0112],
    ]);
    expect(await row(id)).toMatchObject({ state: 'reported', instances: 3, refused: 2, attempts: 1 });
  });

  it('is granted when all of it is here, asked for within the facility and in pieces', async () => {
    const many = Array.from({ length: 250 }, (_, index) => instance(index));
    hold(...many);
    const id = await keep(many);
    const dialogue = new DialogueDouble(STORAGE_COMMITMENT_SOP_CLASS);
    await commitments.reportHere(id ?? 0, dialogue, CONTEXT);
    expect(dialogue.performed[0]?.command.EventTypeID).toBe(1);
    expect(dialogue.performed[0]?.dataSet[TAG.FailedSOPSequence]).toBeUndefined();
    expect(archive.asked).toHaveLength(3);
    expect(archive.asked.every(({ caller }) => caller?.facility === 'main' && caller.aeTitle === 'CT01')).toBe(true);
  });

  it('waits, however long, while something is on its way to where it is safe, and names what is nowhere', async () => {
    const centre = new OrdersDouble();
    let away = true;
    commitments = open({ deliveryAttempts: 2 }, (request, caller) =>
      away ? Promise.reject(new Error('the line is down')) : centre.fetch(request, caller),
    );
    hold(instance(1), instance(2));
    const id = await keep([instance(1), instance(2), instance(3)]);
    commitments.start();
    await passing(id, { state: 'asked', attempts: 0, problem: 'the line is down' });
    away = false;
    centre.held.set(instance(1).sopInstanceUid, CT);
    await passing(id, { state: 'asked', attempts: 0, problem: '1 of the instances are still on their way' });
    expect(called).toEqual([]);
    centre.held.set(instance(2).sopInstanceUid, CT);
    await passing(id, { state: 'reported', refused: 1 });
    expect(uids(called[0]?.performed[0]?.dataSet, TAG.ReferencedSOPSequence)).toEqual(['2.25.5.1', '2.25.5.2']);
    expect(uids(called[0]?.performed[0]?.dataSet, TAG.FailedSOPSequence)).toEqual(['2.25.5.3']);
  });

  it('is reported on an association of ours when the machine has left', async () => {
    hold(instance(1));
    const id = await keep([instance(1)]);
    const gone = new DialogueDouble(STORAGE_COMMITMENT_SOP_CLASS);
    gone.over = true;
    commitments.start();
    await commitments.reportHere(id ?? 0, gone, CONTEXT);
    await expect.poll(() => row(id)).toMatchObject({ state: 'reported' });
    expect(gone.performed).toEqual([]);
    expect(called.map(({ performed, released }) => [performed.length, released])).toEqual([[1, true]]);
  });

  it('is reported again and again, later and later, until the machine takes it', async () => {
    hold(instance(1));
    const id = await keep([instance(1)]);
    calls = [new RouterError('unreachable', 'it is off'), refusing(0x0110)];
    commitments.start();
    await passing(id, { state: 'reported', attempts: 3, problem: null });
    expect(called).toHaveLength(2);
    expect(log.lines.filter((line) => line.startsWith('commitment.postponed'))).toHaveLength(2);
  });

  it('is reported after a start of ours, if it was not before', async () => {
    hold(instance(1));
    const id = await keep([instance(1)]);
    commitments = open();
    commitments.start();
    await passing(id, { state: 'reported' });
  });

  it('waits while the archive is away, and is never refused for that', async () => {
    hold(instance(1));
    archive.away = 503;
    const id = await keep([instance(1)]);
    const dialogue = new DialogueDouble(STORAGE_COMMITMENT_SOP_CLASS);
    await commitments.reportHere(id ?? 0, dialogue, CONTEXT);
    expect(dialogue.performed).toEqual([]);
    expect(await row(id)).toMatchObject({ state: 'asked', problem: 'the archive answered 503 to a search for instances' });
    archive.away = undefined;
    commitments.start();
    await passing(id, { state: 'reported', refused: 0 });
  });

  it('is set aside after many tries, and taken up again when a person says so', async () => {
    ae = { title: 'CT01', may: ['store'], facility: 'main' };
    commitments = open({ deliveryAttempts: 2 });
    const id = await keep([instance(1)]);
    commitments.start();
    const problem = 'given up after 2 tries: host and port of CT01 are not known: enter them under application entities';
    await passing(id, { state: 'aside', problem });
    ae = { title: 'CT01', host: '10.0.0.1', port: 104, may: ['store'], facility: 'main' };
    expect(await commitments.retry(id ?? 0)).toBe('retried');
    await expect.poll(() => row(id)).toMatchObject({ state: 'reported', refused: 1 });
    expect(await commitments.retry(id ?? 0)).toBe('reported');
    expect(await commitments.retry(4711)).toBe('absent');
  });

  it('that is asked for twice is one request, and other instances under its UID are refused', async () => {
    hold(instance(1), instance(2));
    const first = await keep([instance(1)]);
    expect(await keep([instance(1)])).toBe(first);
    const other = await keep([instance(2)]);
    expect(other).not.toBe(first);
    const dialogue = new DialogueDouble(STORAGE_COMMITMENT_SOP_CLASS);
    await commitments.reportHere(other ?? 0, dialogue, CONTEXT);
    expect(items(dialogue.performed[0]?.dataSet ?? {}, TAG.FailedSOPSequence)[0]?.[TAG.FailureReason]?.Value).toEqual([0x0131]);
  });

  it('is not taken when too many reports are open', async () => {
    commitments = open({ openCommitments: 1 });
    expect(await keep([instance(1)])).toBeDefined();
    expect(await keep([instance(1)], '2.25.10')).toBeUndefined();
    commitments = open({ openCommitmentInstances: 3 });
    expect(await keep([instance(1), instance(2)], '2.25.11')).toBeDefined();
    expect(await keep([instance(1)], '2.25.12')).toBeUndefined();
  });

  it('keeps of what was reported only what was refused', async () => {
    hold(instance(1));
    const id = await keep([instance(1), instance(2)]);
    await commitments.reportHere(id ?? 0, new DialogueDouble(STORAGE_COMMITMENT_SOP_CLASS), CONTEXT);
    const left = await database.read(db.selectFrom('commitment_instance').select('sop_instance_uid'));
    expect(left).toEqual([{ sop_instance_uid: '2.25.5.2' }]);
  });

  it('of one machine that hangs keeps no other waiting', async () => {
    hold(instance(1));
    const hanging = new DialogueDouble(STORAGE_COMMITMENT_SOP_CLASS);
    const { promise, resolve } = Promise.withResolvers<never>();
    hanging.performOne = () => promise;
    calls = [hanging];
    const request = { facility: 'main', address: '10.0.0.1', instances: [instance(1)] };
    const slow = await commitments.keep({ ...request, transactionUid: '2.25.1', aeTitle: 'SLOW' });
    commitments.start();
    await expect
      .poll(() => {
        clock.step(10_000);
        return called.length;
      })
      .toBe(1);
    const quick = await commitments.keep({ ...request, transactionUid: '2.25.2', aeTitle: 'QUICK' });
    await passing(quick, { state: 'reported' });
    expect(await row(slow)).toMatchObject({ state: 'checked' });
    resolve(undefined as never);
  });

  it('stays listed for a while after it was reported, and no longer', async () => {
    hold(instance(1));
    const id = await keep([instance(1)]);
    commitments.start();
    await passing(id, { state: 'reported' });
    await expect
      .poll(async () => {
        clock.step(864_000_000);
        return await row(id);
      })
      .toBeUndefined();
    expect(await database.read(db.selectFrom('commitment_instance').selectAll())).toEqual([]);
  });
});

function refusing(status: number): DialogueDouble {
  const dialogue = new DialogueDouble(STORAGE_COMMITMENT_SOP_CLASS);
  dialogue.answers = [status];
  return dialogue;
}
