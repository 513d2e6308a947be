import { type Order, parseOrder } from '../api/orders.ts';

/** An order as the server answers it, for tests. */
export function orderJson(accessionNumber: string, more: object = {}): object {
  return {
    accessionNumber,
    facility: 'main',
    priority: 'ROUTINE',
    patient: { id: 'W001', name: 'Nguyễn^Văn An', birthDate: '1970-01-01', sex: 'M', otherIds: ['079'] },
    studyInstanceUid: '2.25.1',
    requestedProcedureId: 'RP1',
    description: 'CT ngực',
    referringPhysician: 'Trần^Văn Bác',
    ext: { his: 7 },
    steps: [
      {
        id: 'SPS1',
        modality: 'CT',
        stationAeTitle: 'CT01',
        start: '2026-03-01T08:00:30',
        performingPhysician: 'A',
        state: 'SCHEDULED',
      },
    ],
    state: 'SCHEDULED',
    createdAt: '2026-02-28T01:00:00Z',
    updatedAt: '2026-02-28T01:00:00Z',
    version: 3,
    performed: [],
    study: null,
    studies: [],
    ...more,
  };
}

export function order(accessionNumber: string, more: object = {}): Order {
  return parseOrder(orderJson(accessionNumber, more), accessionNumber);
}
