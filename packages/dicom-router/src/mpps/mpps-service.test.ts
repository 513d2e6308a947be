import { type DataSet, firstText, isUid, TAG } from '@filmless/dicom';
import { beforeEach, describe, expect, it } from 'vitest';
import { OrdersDouble } from '../../test/orders-double.ts';
import { completedSeries, createdStep } from '../../test/performed-steps.ts';
import { asked, readAnswer } from '../../test/service-request.ts';
import { COMMAND } from '../dimse/command-field.ts';
import type { CommandSet } from '../dimse/command-set.ts';
import type { Answer } from '../dimse/provider.ts';
import { routerLimits } from '../limits.ts';
import { mppsServices } from './mpps-service.ts';
import { MPPS_RETRIEVE_SOP_CLASS, MPPS_SOP_CLASS } from './sop-class.ts';

const UID = '2.25.77';
let archive: OrdersDouble;
let listed: boolean;

beforeEach(() => {
  archive = new OrdersDouble();
  listed = true;
});

async function ask(commandField: number, command: Partial<CommandSet>, dataSet?: DataSet | Uint8Array): Promise<Answer> {
  const abstractSyntax = commandField === COMMAND.nGetRq ? MPPS_RETRIEVE_SOP_CLASS : MPPS_SOP_CLASS;
  const services = mppsServices({
    archiveFetch: archive.fetch,
    aes: { rights: () => ({ may: ['store'], facility: 'main', listed, settings: {} }) },
    limits: routerLimits(),
  });
  const service = services.find((one) => one.commandField === commandField && one.supports(abstractSyntax));
  const { request } = asked({ abstractSyntax, command: { CommandField: commandField, ...command }, dataSet });
  return (await service?.handle(request)) ?? { status: 'unrecognizedOperation' };
}

const create = (dataSet: DataSet | Uint8Array = createdStep(), uid: string | undefined = UID): Promise<Answer> =>
  ask(COMMAND.nCreateRq, uid === '' ? {} : { AffectedSOPInstanceUID: uid }, dataSet);
const set = (dataSet: DataSet, uid = UID): Promise<Answer> => ask(COMMAND.nSetRq, { RequestedSOPInstanceUID: uid }, dataSet);
const statusOf = (uid = UID) => firstText(archive.steps.get(uid) ?? {}, TAG.PerformedProcedureStepStatus);

describe('N-CREATE', () => {
  it('begins a step, for the facility of the machine', async () => {
    expect(await create()).toEqual({ status: 'success', elements: { AffectedSOPInstanceUID: UID } });
    expect(statusOf()).toBe('IN PROGRESS');
    expect(archive.asked[0]?.caller).toEqual({ aeTitle: 'CT01', facility: 'main', address: '10.0.0.1' });
  });

  it('gives a UID to whom names none', async () => {
    const { status, elements } = await create(createdStep(), '');
    expect(status).toBe('success');
    const uid = elements?.AffectedSOPInstanceUID ?? '';
    expect(isUid(uid) && archive.steps.has(uid)).toBe(true);
  });

  it('of a UID that is there already is 0111H', async () => {
    await create();
    expect((await create()).status).toBe('duplicateSopInstance');
  });

  it('of a step that is over already is 0106H', async () => {
    const answer = await create(createdStep({ [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['COMPLETED'] } }));
    expect(answer).toEqual({
      status: 'invalidAttributeValue',
      comment: 'invalid value: Performed Procedure Step Status (0040,0252)',
      elements: { AttributeIdentifierList: [0x00400252] },
    });
    expect(archive.steps.size).toBe(0);
  });

  it('names the attribute that is missing', async () => {
    const { [TAG.Modality]: _, ...rest } = createdStep();
    expect(await create(rest)).toMatchObject({ status: 'missingAttribute', elements: { AttributeIdentifierList: [0x00080060] } });
  });

  it('of what is no data set is refused in words', async () => {
    const answer = await create(Uint8Array.of(8, 0, 0x60, 0, 0xff, 0xff, 0, 0, 1));
    expect(answer).toMatchObject({ status: 'processingFailure' });
    expect(answer.comment).toMatch(/^the data set cannot be read/);
  });

  it('of a machine that nobody listed is refused', async () => {
    listed = false;
    expect((await create()).status).toBe('notAuthorized');
    expect(archive.asked).toEqual([]);
  });

  it('while the archive is away is a failure that may be over later', async () => {
    archive.away = 503;
    expect(await create()).toMatchObject({ status: 'processingFailure', comment: 'try again later' });
  });
});

describe('N-SET', () => {
  it('completes a step with its series', async () => {
    await create();
    expect(await set(completedSeries(['2.25.1.1', '2.25.1.2']))).toEqual({ status: 'success' });
    expect(statusOf()).toBe('COMPLETED');
  });

  it('takes series one after the other while it is in progress', async () => {
    await create();
    const series = completedSeries(['2.25.1.1'])[TAG.PerformedSeriesSequence] ?? { vr: 'SQ' };
    expect(await set({ [TAG.PerformedSeriesSequence]: series })).toEqual({ status: 'success' });
    expect(statusOf()).toBe('IN PROGRESS');
  });

  it.each(['COMPLETED', 'DISCONTINUED'])('on a step that is %s is 0110H with Error ID A710H', async (state) => {
    await create();
    await set(completedSeries(['2.25.1.1'], state));
    expect(await set({ [TAG.PerformedProcedureStepDescription]: { vr: 'LO', Value: ['x'] } })).toEqual({
      status: 'processingFailure',
      comment: 'Performed Procedure Step Object may no longer be updated',
      elements: { ErrorID: 0xa710 },
    });
  });

  it('completes nothing without what a final state asks for', async () => {
    await create();
    const status: DataSet = { [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['COMPLETED'] } };
    expect(await set(status)).toMatchObject({
      status: 'missingAttributeValue',
      elements: { AttributeIdentifierList: [0x00400250] },
    });
    expect(statusOf()).toBe('IN PROGRESS');
  });

  it('may give up a step without images', async () => {
    await create();
    const { [TAG.PerformedSeriesSequence]: _, ...rest } = completedSeries([], 'DISCONTINUED');
    expect(await set(rest)).toEqual({ status: 'success' });
    expect(statusOf()).toBe('DISCONTINUED');
  });

  it('to a state nobody knows is 0106H', async () => {
    await create();
    const paused: DataSet = { [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['PAUSED'] } };
    expect((await set(paused)).status).toBe('invalidAttributeValue');
  });

  it('changes nothing of whom and what the step was begun for', async () => {
    await create();
    await set({ ...completedSeries(['2.25.1.1']), [TAG.PatientID]: { vr: 'LO', Value: ['W002'] } });
    expect(firstText(archive.steps.get(UID) ?? {}, TAG.PatientID)).toBe('W001');
  });

  it('of a step that is not there is 0112H', async () => {
    expect((await set(completedSeries(['2.25.1.1']))).status).toBe('noSuchSopInstance');
    expect((await set(completedSeries(['2.25.1.1']), '')).status).toBe('invalidObjectInstance');
  });
});

describe('N-GET', () => {
  it('gives the step, or what was asked for of it', async () => {
    await create();
    const whole = await ask(COMMAND.nGetRq, { RequestedSOPInstanceUID: UID });
    expect(firstText(readAnswer(whole), TAG.PatientName)).toBe('Nguyễn^Văn An');
    const some = await ask(COMMAND.nGetRq, { RequestedSOPInstanceUID: UID, AttributeIdentifierList: [0x00400252] });
    expect(readAnswer(some)).toEqual({ [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['IN PROGRESS'] } });
    expect((await ask(COMMAND.nGetRq, { RequestedSOPInstanceUID: '2.25.78' })).status).toBe('noSuchSopInstance');
  });
});
