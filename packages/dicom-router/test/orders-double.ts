import { type DataSet, parseDicomJson, stringifyDicomJson, TAG, texts } from '@filmless/dicom';
import type { ArchiveFetch, OnBehalf } from '../src/router.ts';

/** The archive as the router asks it for orders, performed steps and instances: in memory, with the answers of its API. */
export class OrdersDouble {
  orders: readonly object[] = [];
  readonly steps: Map<string, DataSet> = new Map();
  /** SOP classes of the instances that are here, by SOP Instance UID. */
  readonly held: Map<string, string> = new Map();
  readonly asked: { readonly method: string; readonly url: URL; readonly caller: OnBehalf | undefined }[] = [];
  /** Answered to everything while it is away. */
  away: number | undefined;

  readonly fetch: ArchiveFetch = async (request, caller) => {
    const url = new URL(request.url);
    this.asked.push({ method: request.method, url, caller });
    if (this.away !== undefined) {
      return new Response(null, { status: this.away });
    }
    if (url.pathname === '/api/orders') {
      return this.#orders(url.searchParams);
    }
    if (url.pathname === '/dicom-web/instances') {
      return this.#instances(url.searchParams);
    }
    const uid = /^\/api\/performed-steps\/([0-9.]+)$/.exec(url.pathname)?.[1];
    return uid === undefined ? new Response(null, { status: 404 }) : await this.#step(uid, request);
  };

  #orders(query: URLSearchParams): Response {
    const from = Number(query.get('after') ?? 0);
    const limit = Number(query.get('limit'));
    const next = from + limit < this.orders.length ? String(from + limit) : null;
    return Response.json({ orders: this.orders.slice(from, from + limit), next });
  }

  #instances(query: URLSearchParams): Response {
    const uids = (query.get('SOPInstanceUID') ?? '').split(',').filter((uid) => this.held.has(uid));
    return Response.json(
      uids.map((uid) => ({
        [TAG.SOPClassUID]: { vr: 'UI', Value: [this.held.get(uid)] },
        [TAG.SOPInstanceUID]: { vr: 'UI', Value: [uid] },
      })),
    );
  }

  async #step(uid: string, request: Request): Promise<Response> {
    const there = this.steps.get(uid);
    if (request.method === 'GET') {
      return there === undefined ? problem(404, 'unknown') : new Response(stringifyDicomJson(there));
    }
    const given = parseDicomJson(await request.json());
    if (request.method === 'POST') {
      if (there !== undefined) {
        return problem(409, 'duplicate');
      }
      this.steps.set(uid, given);
      return new Response(null, { status: 201 });
    }
    if (there === undefined) {
      return problem(404, 'unknown');
    }
    if (texts(there, TAG.PerformedProcedureStepStatus)[0] !== 'IN PROGRESS') {
      return problem(409, 'final');
    }
    this.steps.set(uid, { ...there, ...given });
    return new Response(null, { status: 200 });
  }
}

function problem(status: number, code: string): Response {
  return Response.json({ title: code, status, detail: code, code }, { status });
}

/** An order as `/api/orders` gives it, with changes. */
export function testOrder(changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    accessionNumber: 'WL001',
    facility: 'main',
    state: 'SCHEDULED',
    priority: 'ROUTINE',
    patient: { id: 'W001', name: 'Nguyễn^Văn An', birthDate: '1970-01-01', sex: 'M', otherIds: ['079070000001'] },
    studyInstanceUid: '2.25.4711',
    requestedProcedureId: 'RP1',
    description: 'CT ngực',
    referringPhysician: 'Trần^Văn Bác',
    requestingService: 'Khoa Nội',
    procedureCode: 'CT-NGUC',
    clinicalInfo: 'Ho ra máu',
    pregnancyStatus: '1',
    weight: 60.5,
    allergies: 'Iod',
    location: 'Khoa Nội, giường 7',
    steps: [testStep()],
    ...changes,
  };
}

export function testStep(changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    id: 'SPS1',
    state: 'SCHEDULED',
    modality: 'CT',
    stationAeTitle: 'CT01',
    start: '2026-03-01T08:00:00',
    description: 'CT ngực không tiêm',
    performingPhysician: 'Lê^Thị Dung',
    room: 'P101',
    ...changes,
  };
}
