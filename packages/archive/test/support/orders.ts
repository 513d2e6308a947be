import type { Order } from '../../src/core/orders/model.ts';
import type { Loose } from '../../src/http/api/order-answer.ts';
import type { TestHttp } from './http.ts';

export type OrderJson = Loose<Order>;

/** A body that is taken, with some fields replaced. */
export function orderBody(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    accessionNumber: 'A1',
    patient: { id: 'P1', name: 'Nguyễn^Văn An', birthDate: '1970-01-01', sex: 'M' },
    description: 'CT ngực',
    steps: [{ modality: 'CT', stationAeTitle: 'CT01', start: '2026-03-01T08:00:00' }],
    ...fields,
  };
}

/** Sends a body as JSON. */
export async function send(
  http: TestHttp,
  method: string,
  path: string,
  body: unknown,
  as = 'main',
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return await http.ask(path, {
    method,
    as,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
