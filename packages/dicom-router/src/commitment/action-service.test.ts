import { type DataSet, TAG } from '@filmless/dicom';
import { beforeEach, describe, expect, it } from 'vitest';
import { SECONDARY_CAPTURE } from '../../test/objects.ts';
import { asked } from '../../test/service-request.ts';
import { COMMAND } from '../dimse/command-field.ts';
import type { CommandSet } from '../dimse/command-set.ts';
import { routerLimits } from '../limits.ts';
import type { CommitmentRequest } from '../records/commitments.ts';
import { actionService } from './action-service.ts';
import { requestDataSet } from './data-sets.ts';
import { STORAGE_COMMITMENT_INSTANCE, STORAGE_COMMITMENT_SOP_CLASS } from './sop-class.ts';

let kept: CommitmentRequest[];
let reported: number[];
let listed: boolean;
let isFull: boolean;

beforeEach(() => {
  kept = [];
  reported = [];
  listed = true;
  isFull = false;
});

async function act(dataSet: DataSet | Uint8Array | undefined, command: Partial<CommandSet> = {}) {
  const service = actionService({
    aes: { rights: () => ({ may: ['store'], facility: 'main', listed, settings: {} }) },
    commitments: {
      keep: (request) => {
        kept.push(request);
        return Promise.resolve(isFull ? undefined : 7);
      },
      reportHere: (id) => {
        reported.push(id);
        return Promise.resolve();
      },
    },
    limits: routerLimits({ commitmentInstances: 3 }),
  });
  const { request } = asked({
    abstractSyntax: STORAGE_COMMITMENT_SOP_CLASS,
    command: {
      CommandField: COMMAND.nActionRq,
      RequestedSOPInstanceUID: STORAGE_COMMITMENT_INSTANCE,
      ActionTypeID: 1,
      ...command,
    },
    dataSet,
  });
  const answer = await service.handle(request);
  await service.after?.(request, answer);
  return answer;
}

const instances = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ sopClassUid: SECONDARY_CAPTURE, sopInstanceUid: `2.25.1.${index}` }));
const wish = (count: number): DataSet => requestDataSet({ transactionUid: '2.25.9', instances: instances(count) });

describe('N-ACTION', () => {
  it('is kept before it is answered, and reported after', async () => {
    expect(await act(wish(2))).toEqual({ status: 'success', elements: { ActionTypeID: 1 } });
    expect(kept).toEqual([
      { transactionUid: '2.25.9', aeTitle: 'CT01', facility: 'main', address: '10.0.0.1', instances: instances(2) },
    ]);
    expect(reported).toEqual([7]);
  });

  it('counts an instance that is named twice once', async () => {
    const [one] = instances(1);
    await act(requestDataSet({ transactionUid: '2.25.9', instances: one === undefined ? [] : [one, one] }));
    expect(kept[0]?.instances).toHaveLength(1);
  });

  it.each<[string, DataSet | Uint8Array | undefined, Partial<CommandSet>, string]>([
    ['to another instance', wish(1), { RequestedSOPInstanceUID: '1.2.3' }, 'noSuchSopInstance'],
    ['of another type', wish(1), { ActionTypeID: 2 }, 'noSuchActionType'],
    ['of type 0', wish(1), { ActionTypeID: 0 }, 'noSuchActionType'],
    ['without a data set', undefined, {}, 'invalidArgumentValue'],
    ['without a transaction', { [TAG.ReferencedSOPSequence]: { vr: 'SQ', Value: [{}] } }, {}, 'invalidArgumentValue'],
    ['without instances', wish(0), {}, 'invalidArgumentValue'],
    ['of too many instances', wish(4), {}, 'invalidArgumentValue'],
    [
      'of instances without UIDs',
      { ...wish(1), [TAG.ReferencedSOPSequence]: { vr: 'SQ', Value: [{ [TAG.PatientID]: { vr: 'LO', Value: ['x'] } }] } },
      {},
      'invalidArgumentValue',
    ],
    [
      'with text for the sequence',
      { ...wish(1), [TAG.ReferencedSOPSequence]: { vr: 'LO', Value: ['x'] } },
      {},
      'invalidArgumentValue',
    ],
    ['of broken bytes', Uint8Array.of(8, 0, 0x95, 0x11, 0xff, 0xff, 0xff, 0x7f, 1), {}, 'invalidArgumentValue'],
  ])('%s is refused, and nothing is kept', async (_, dataSet, command, status) => {
    expect((await act(dataSet, command)).status).toBe(status);
    expect([kept, reported]).toEqual([[], []]);
  });

  it('of a machine that nobody listed is refused', async () => {
    listed = false;
    expect((await act(wish(1))).status).toBe('notAuthorized');
  });

  it('is refused while too many reports are open', async () => {
    isFull = true;
    expect((await act(wish(1))).status).toBe('resourceLimitation');
    expect(reported).toEqual([]);
  });
});
