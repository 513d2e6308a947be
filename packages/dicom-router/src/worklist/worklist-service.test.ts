import { type DataSet, firstText, items, TAG, texts } from '@filmless/dicom';
import { beforeEach, describe, expect, it } from 'vitest';
import { OrdersDouble, testOrder, testStep } from '../../test/orders-double.ts';
import { type Asked, asked, readAnswer } from '../../test/service-request.ts';
import type { AeSettings } from '../aes/ae-settings.ts';
import type { Answer } from '../dimse/provider.ts';
import { routerLimits } from '../limits.ts';
import { MODALITY_WORKLIST_SOP_CLASS } from './sop-class.ts';
import { worklistService } from './worklist-service.ts';

let archive: OrdersDouble;
let settings: AeSettings;
let may: readonly 'query'[];

beforeEach(() => {
  archive = new OrdersDouble();
  settings = {};
  may = ['query'];
});

/** Midday of 1 March 2026, where the test runs. */
const NOON = new Date(2026, 2, 1, 12).getTime();

async function find(identifier: DataSet | Uint8Array | undefined, during?: (asking: Asked) => void, ordersPage = 200) {
  const service = worklistService({
    archiveFetch: archive.fetch,
    aes: { rights: () => ({ may, facility: 'main', listed: true, settings }) },
    facilities: () => [{ id: 'main', name: 'Main', patientIdIssuer: 'SADEC' }],
    audit: { query: () => undefined },
    clock: { now: () => NOON, sleep: () => Promise.resolve() },
    limits: routerLimits({ ordersPage }),
  });
  const asking = asked({ abstractSyntax: MODALITY_WORKLIST_SOP_CLASS, dataSet: identifier });
  during?.(asking);
  const { before = [], ...answer }: Answer = await service.handle(asking.request);
  const pending = [...asking.pending, ...before];
  return { answer, pending, items: pending.map(readAnswer) };
}

const stepKeys = (keys: DataSet): DataSet => ({ [TAG.ScheduledProcedureStepSequence]: { vr: 'SQ', Value: [keys] } });
const accessions = (found: readonly DataSet[]) => found.map((item) => firstText(item, TAG.AccessionNumber));
const ASK: DataSet = { [TAG.AccessionNumber]: { vr: 'SH' } };

describe('a modality that asks for its worklist', () => {
  it('gets what it asked for and nothing else, what is not known empty', async () => {
    archive.orders = [testOrder()];
    const {
      answer,
      items: found,
      pending,
    } = await find({
      [TAG.PatientName]: { vr: 'PN' },
      [TAG.AdmissionID]: { vr: 'LO' },
      ...stepKeys({ [TAG.Modality]: { vr: 'CS', Value: ['CT'] }, [TAG.ScheduledProcedureStepID]: { vr: 'SH' } }),
    });
    expect(answer).toEqual({ status: 'success' });
    expect(pending.map(({ status }) => status)).toEqual(['pending']);
    expect(found).toEqual([
      {
        [TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] },
        [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
        [TAG.AdmissionID]: { vr: 'LO' },
        ...stepKeys({
          [TAG.Modality]: { vr: 'CS', Value: ['CT'] },
          [TAG.ScheduledProcedureStepID]: { vr: 'SH', Value: ['SPS1'] },
        }),
      },
    ]);
  });

  it('gets the whole step when it asks for the sequence without keys', async () => {
    archive.orders = [testOrder()];
    const { items: found } = await find(stepKeys({}));
    const [step] = items(found[0] ?? {}, TAG.ScheduledProcedureStepSequence);
    expect(Object.keys(step ?? {})).toHaveLength(13);
  });

  it('is answered for its facility alone, by open orders', async () => {
    archive.orders = [testOrder()];
    await find(ASK);
    expect(archive.asked[0]?.caller).toEqual({ aeTitle: 'CT01', facility: 'main', address: '10.0.0.1' });
    expect(archive.asked[0]?.url.searchParams.get('state')).toBe('SCHEDULED,IN_PROGRESS');
  });

  it.each<[string, DataSet, number]>([
    ['a name without accents', { [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'nguyen^van*' }] } }, 1],
    ['a pattern of characters, not bytes', { [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'Nguy?n^V?n An' }] } }, 1],
    ['too many of them', { [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'Nguy??n^V?n An' }] } }, 0],
    ['its own title', stepKeys({ [TAG.ScheduledStationAETitle]: { vr: 'AE', Value: ['CT01'] } }), 1],
    ["another's title", stepKeys({ [TAG.ScheduledStationAETitle]: { vr: 'AE', Value: ['CT02'] } }), 0],
    ['the day', stepKeys({ [TAG.ScheduledProcedureStepStartDate]: { vr: 'DA', Value: ['20260301'] } }), 1],
    ['days', stepKeys({ [TAG.ScheduledProcedureStepStartDate]: { vr: 'DA', Value: ['20260301-20260302'] } }), 1],
    ['other days', stepKeys({ [TAG.ScheduledProcedureStepStartDate]: { vr: 'DA', Value: ['-20260228'] } }), 0],
    ['a patient id', { [TAG.PatientID]: { vr: 'LO', Value: ['W001'] } }, 1],
    ['another patient id', { [TAG.PatientID]: { vr: 'LO', Value: ['W002'] } }, 0],
    ['a procedure', { [TAG.RequestedProcedureID]: { vr: 'SH', Value: ['RP*'] } }, 1],
    ['what is empty', { [TAG.AdmissionID]: { vr: 'LO', Value: ['A1'] } }, 0],
  ])('finds by %s', async (_, keys, count) => {
    archive.orders = [testOrder()];
    expect((await find({ ...ASK, ...keys })).items).toHaveLength(count);
  });

  it('takes ranges of date and time as one period', async () => {
    archive.orders = ['2026-03-01T07:00:00', '2026-03-01T20:00:00', '2026-03-02T07:00:00', '2026-03-02T20:00:00'].map(
      (start, index) => testOrder({ accessionNumber: `WL${index}`, steps: [testStep({ start })] }),
    );
    const { items: found } = await find({
      ...ASK,
      ...stepKeys({
        [TAG.ScheduledProcedureStepStartDate]: { vr: 'DA', Value: ['20260301-20260302'] },
        [TAG.ScheduledProcedureStepStartTime]: { vr: 'TM', Value: ['1000-1800'] },
      }),
    });
    expect(accessions(found)).toEqual(['WL1', 'WL2']);
  });

  it('gets what is urgent first, page after page', async () => {
    archive.orders = [
      testOrder({ accessionNumber: 'R2', steps: [testStep({ start: '2026-03-01T09:00:00' })] }),
      testOrder({ accessionNumber: 'R1' }),
      testOrder({ accessionNumber: 'S1', priority: 'STAT', steps: [testStep({ start: '2026-03-01T10:00:00' })] }),
      testOrder({ accessionNumber: 'H1', priority: 'HIGH' }),
    ];
    const { items: found } = await find(ASK, undefined, 1);
    expect(accessions(found)).toEqual(['S1', 'H1', 'R1', 'R2']);
    expect(archive.asked).toHaveLength(4);
  });

  it('gets steps that are open, not those done or given up', async () => {
    const states = ['SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'DISCONTINUED', 'CANCELLED'];
    archive.orders = [testOrder({ steps: states.map((state) => testStep({ id: state.slice(0, 16), state })) })];
    const { items: found } = await find(stepKeys({ [TAG.ScheduledProcedureStepStatus]: { vr: 'CS' } }));
    const shown = found.map(
      (item) => texts(items(item, TAG.ScheduledProcedureStepSequence)[0] ?? {}, TAG.ScheduledProcedureStepStatus)[0],
    );
    expect(shown).toEqual(['SCHEDULED', 'STARTED']);
  });

  it('may be limited by room, and finds nothing of another modality', async () => {
    archive.orders = [testOrder(), testOrder({ accessionNumber: 'WL002', steps: [testStep({ room: 'P102' })] })];
    settings = { worklist: { rooms: ['P102'], modalities: ['CT'], days: 0 } };
    expect(accessions((await find(ASK)).items)).toEqual(['WL002']);
    expect((await find(stepKeys({ [TAG.Modality]: { vr: 'CS', Value: ['US'] } }))).items).toEqual([]);
  });

  it('reads plain letters where it shows no others', async () => {
    archive.orders = [testOrder()];
    settings = { asciiNames: true };
    const { items: found } = await find({ [TAG.PatientName]: { vr: 'PN' }, [TAG.RequestedProcedureDescription]: { vr: 'LO' } });
    expect(found).toEqual([
      {
        [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'Nguyen^Van An' }] },
        [TAG.RequestedProcedureDescription]: { vr: 'LO', Value: ['CT nguc'] },
      },
    ]);
  });

  it('reads its own character set where that holds the text, else UTF-8', async () => {
    const ask: DataSet = { [TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 100'] }, [TAG.PatientName]: { vr: 'PN' } };
    archive.orders = [testOrder({ patient: { id: '1', name: 'Élodie' } }), testOrder({ accessionNumber: 'WL2' })];
    const { items: found } = await find(ask);
    expect(found.map((item) => firstText(item, TAG.SpecificCharacterSet))).toEqual(['ISO_IR 100', 'ISO_IR 192']);
    expect(found.map((item) => firstText(item, TAG.PatientName))).toEqual(['Élodie', 'Nguyễn^Văn An']);
  });

  it('is told when a key that has a value was not matched', async () => {
    archive.orders = [testOrder()];
    const { pending } = await find({ ...ASK, [TAG.StationName]: { vr: 'SH', Value: ['X'] } });
    expect(pending.map(({ status }) => status)).toEqual(['pendingWarning']);
  });

  it('can cancel', async () => {
    archive.orders = [testOrder()];
    const { answer, pending } = await find(ASK, (asking) => asking.cancel());
    expect(answer).toEqual({ status: 'cancelled' });
    expect(pending).toEqual([]);
  });
});

describe('who asks wrongly', () => {
  it('and may not query is refused', async () => {
    may = [];
    expect((await find(ASK)).answer.status).toBe('notAuthorized');
    expect(archive.asked).toEqual([]);
  });

  it.each<[string, DataSet | Uint8Array]>([
    ['a date that is none', stepKeys({ [TAG.ScheduledProcedureStepStartDate]: { vr: 'DA', Value: ['tomorrow'] } })],
    ['two items of keys', { [TAG.ScheduledProcedureStepSequence]: { vr: 'SQ', Value: [{}, {}] } }],
    ['bytes that are no data set', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)],
  ])('with %s is told that the identifier does not match', async (_, identifier) => {
    expect((await find(identifier)).answer.status).toBe('identifierDoesNotMatch');
  });

  it('with sequences in sequences without end is told, and nobody falls over', async () => {
    let nested: DataSet = { [TAG.Modality]: { vr: 'CS', Value: ['CT'] } };
    for (let depth = 0; depth < 40; depth += 1) {
      nested = { [TAG.ScheduledProcedureStepSequence]: { vr: 'SQ', Value: [nested] } };
    }
    expect((await find(nested)).answer.status).toBe('identifierDoesNotMatch');
  });

  it('while the archive is away is told that it failed', async () => {
    archive.away = 503;
    expect((await find(ASK)).answer).toMatchObject({ status: 'unableToProcess' });
  });
});
