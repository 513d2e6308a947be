import { messageOf, RouterError } from '../errors.ts';
import type { ArchiveFetch, OnBehalf } from '../router.ts';
import { parseOrder, type WorklistOrder } from './order.ts';
import type { OrderFilter } from './scope.ts';

/** States of orders that a machine may still work on. */
const OPEN_STATES = 'SCHEDULED,IN_PROGRESS';

/**
 * The open orders of a facility, page by page, the earliest step first.
 * @throws RouterError `archive`
 */
export async function* openOrders(
  archiveFetch: ArchiveFetch,
  caller: OnBehalf,
  filter: OrderFilter,
  pageSize: number,
  signal: AbortSignal,
): AsyncGenerator<readonly WorklistOrder[], void, void> {
  let after: string | undefined;
  do {
    const query = queryOf(filter, pageSize);
    if (after !== undefined) {
      query.set('after', after);
    }
    const page = await readPage(archiveFetch, caller, new Request(`http://archive/api/orders?${query}`, { signal }));
    yield page.orders;
    after = page.next;
  } while (after !== undefined);
}

function queryOf(filter: OrderFilter, pageSize: number): URLSearchParams {
  const query = new URLSearchParams({ state: OPEN_STATES, sort: 'start', limit: String(pageSize) });
  for (const modality of filter.modalities) {
    query.append('modality', modality);
  }
  if (filter.station !== undefined) {
    // The empty one stands for steps without a station.
    query.set('station', `${filter.station},`);
  }
  for (const key of ['accessionNumber', 'patientId', 'from', 'to'] as const) {
    const value = filter[key];
    if (value !== undefined) {
      query.set(key, value);
    }
  }
  return query;
}

async function readPage(
  archiveFetch: ArchiveFetch,
  caller: OnBehalf,
  request: Request,
): Promise<{ readonly orders: readonly WorklistOrder[]; readonly next: string | undefined }> {
  let response: Response;
  try {
    response = await archiveFetch(request, caller);
  } catch (error) {
    throw new RouterError('archive', `the archive did not answer: ${messageOf(error)}`, { cause: error });
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new RouterError('archive', `the archive answered ${response.status} to a search for orders`);
  }
  const page: unknown = await response.json();
  const { orders, next } = page as { readonly orders?: unknown; readonly next?: unknown };
  if (!Array.isArray(orders)) {
    throw new RouterError('archive', 'the archive answered a search for orders with something else than a list');
  }
  return { orders: orders.map(parseOrder), next: typeof next === 'string' ? next : undefined };
}
