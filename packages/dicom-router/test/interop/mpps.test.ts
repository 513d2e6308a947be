// needs: python
import { join } from 'node:path';
import { type DataSet, firstText, isUid, TAG } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { openRouter } from '../open-router.ts';
import { OrdersDouble } from '../orders-double.ts';
import { completedSeries, createdStep } from '../performed-steps.ts';
import { PEERS, PYTHON, run } from '../run-peer.ts';

interface Result {
  readonly status: number;
  readonly errorId: number | null;
  readonly comment: string | null;
  readonly uid: string;
  readonly name: string | null;
}

interface Step {
  readonly do: 'create' | 'set' | 'get';
  readonly uid?: string;
  readonly dataSet?: DataSet;
}

/** Runs operations one after the other as a modality made of pynetdicom. */
async function modality(steps: readonly Step[], options: { explicit?: boolean; calling?: string } = {}) {
  const archive = new OrdersDouble();
  await using opened = await openRouter({
    archiveFetch: archive.fetch,
    aes: [{ title: 'CT01', may: ['store'], facility: 'main' }],
  });
  const utf8: DataSet = { [TAG.SpecificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] } };
  const sent = steps.map((step) => ({ ...step, dataSet: step.dataSet === undefined ? {} : { ...utf8, ...step.dataSet } }));
  const job = { do: 'mpps', port: opened.router.dicomPort, steps: sent, ...options };
  const { code, output } = await run(PYTHON, [join(PEERS, 'modality.py')], JSON.stringify(job));
  expect(code, output).toBe(0);
  return { archive, results: JSON.parse(output.trim().split('\n').at(-1) ?? '') as readonly Result[] };
}

const UID = '2.25.1001';

describe('pynetdicom reports its work', () => {
  it.each([false, true])('from beginning to end and sees what came of it (explicit VR: %s)', async (explicit) => {
    const { archive, results } = await modality(
      [
        { do: 'create', uid: UID, dataSet: createdStep() },
        { do: 'set', uid: UID, dataSet: completedSeries(['2.25.1.1', '2.25.1.2']) },
        { do: 'get', uid: UID },
      ],
      { explicit },
    );
    expect(results.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(results[0]?.uid).toBe(UID);
    expect(results[2]?.name).toBe('Nguyễn^Văn An');
    const kept = archive.steps.get(UID) ?? {};
    expect(firstText(kept, TAG.PerformedProcedureStepStatus)).toBe('COMPLETED');
    expect(firstText(kept, TAG.PatientName)).toBe('Nguyễn^Văn An');
  });

  it('without a UID, and is given one', async () => {
    const { results, archive } = await modality([{ do: 'create', dataSet: createdStep() }]);
    expect(results[0]?.status).toBe(0);
    expect(isUid(results[0]?.uid ?? '') && archive.steps.has(results[0]?.uid ?? '')).toBe(true);
  });

  it('wrongly, and is told by the standard’s statuses', async () => {
    const { [TAG.Modality]: _, ...withoutModality } = createdStep();
    const over = createdStep({ [TAG.PerformedProcedureStepStatus]: { vr: 'CS', Value: ['COMPLETED'] } });
    const { results } = await modality([
      { do: 'create', uid: UID, dataSet: withoutModality },
      { do: 'create', uid: UID, dataSet: createdStep({ [TAG.Modality]: { vr: 'CS' } }) },
      { do: 'create', uid: UID, dataSet: over },
      { do: 'set', uid: UID, dataSet: completedSeries(['2.25.1.1']) },
      { do: 'create', uid: UID, dataSet: createdStep() },
      { do: 'create', uid: UID, dataSet: createdStep() },
      { do: 'set', uid: UID, dataSet: completedSeries(['2.25.1.1'], 'DISCONTINUED') },
      { do: 'set', uid: UID, dataSet: completedSeries(['2.25.1.1']) },
      { do: 'get', uid: '2.25.1002' },
    ]);
    expect(results.map(({ status }) => status)).toEqual([0x0120, 0x0121, 0x0106, 0x0112, 0, 0x0111, 0, 0x0110, 0x0112]);
    expect(results[7]).toMatchObject({ errorId: 0xa710, comment: 'Performed Procedure Step Object may no longer be updated' });
  });

  it('and has its contexts refused when nobody listed it', async () => {
    const { results } = await modality([{ do: 'create', uid: UID, dataSet: createdStep() }], { calling: 'STRANGER' });
    expect(results).toEqual({ rejected: [1] });
  });
});
