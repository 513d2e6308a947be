import type { Scope } from '@filmless/access';
import { newUid } from '@filmless/dicom';
import type { ChangeFeed } from '../changes.ts';
import type { Dependencies } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import { completeOrders } from './complete-orders.ts';
import type { Expected, Order, OrderDocument, OrderPage, OrderQuery, WishedOrder } from './model.ts';
import type { KeptOrder } from './order-records.ts';
import { isBegun } from './order-state.ts';
import { usedFields } from './used-fields.ts';
import { localNow } from './values.ts';

/** Times a change is tried again when others change the same order at the same moment. */
const TRIES = 5;
/** Digits of the numbers made here: after 9,999 a day there is one more. */
const NUMBER_DIGITS = 4;

/** Hears of an order that came or changed: studies may have been waiting for it. */
export interface OrderListener {
  /** Resolves once all that arrived is looked at. */
  idle(): Promise<void>;
  orderChanged(order: KeptOrder): Promise<void>;
}

/** Orders as a HIS or a person at the page makes, changes and cancels them. */
export class OrderDesk {
  readonly #with: Pick<Dependencies, 'records' | 'index' | 'facilities' | 'now'>;
  readonly #changes: ChangeFeed;
  readonly #listener: OrderListener;

  constructor(dependencies: Dependencies, changes: ChangeFeed, listener: OrderListener) {
    this.#with = dependencies;
    this.#changes = changes;
    this.#listener = listener;
  }

  /** @throws ArchiveError `invalid-request`, `conflict` for an accession number in use */
  async add(wish: WishedOrder, facility: string | undefined, scope: Scope): Promise<Order> {
    const owner = this.#facilityOf(facility, scope);
    for (let tries = 0; tries < TRIES; tries += 1) {
      const accessionNumber = wish.accessionNumber ?? (await this.#newAccession(owner));
      const document = this.#document({ ...wish, accessionNumber }, owner);
      const added = await this.#with.records.orders.addOrder(document, this.#with.now());
      if (added.status === 'added') {
        return await this.#announce(added.id, 'new');
      }
      if (added.status === 'study-taken') {
        throw new ArchiveError(
          'conflict',
          `studyInstanceUid: order ${added.accessionNumber}, for another patient, has it; leave it out to have one made`,
        );
      }
      if (wish.accessionNumber !== undefined) {
        throw new ArchiveError('conflict', `accessionNumber: ${accessionNumber} is already in use in this facility`);
      }
    }
    throw new ArchiveError('busy', 'no free accession number was found; try again');
  }

  async get(accessionNumber: string, facility: string | undefined, scope: Scope): Promise<Order> {
    await this.#listener.idle();
    return await this.#complete(await this.#find(accessionNumber, facility, scope));
  }

  async list(query: OrderQuery, scope: Scope): Promise<OrderPage> {
    await this.#listener.idle();
    const found = await this.#with.records.orders.list(query, scope.facilities);
    const shown = found.slice(0, query.limit);
    const last = shown.at(-1);
    const next = found.length > query.limit && last !== undefined ? `${last.start}~${last.order.id}` : null;
    const orders = await completeOrders(
      this.#with,
      shown.map(({ order }) => order),
    );
    return { orders, next };
  }

  /**
   * Replaces an order. What a machine has used already stays as it is.
   * @throws ArchiveError `not-found`, `invalid-request`, `conflict`
   */
  async replace(
    accessionNumber: string,
    wish: WishedOrder & { readonly facility?: string },
    options: Expected & { readonly facility?: string; readonly restore: boolean },
    scope: Scope,
  ): Promise<Order> {
    return await this.#change(accessionNumber, options, scope, async (order, change) => {
      const before = order.document;
      checkSame('accessionNumber', wish.accessionNumber, before.accessionNumber);
      checkSame('facility', wish.facility, before.facility);
      if (order.state === 'CANCELLED' && !options.restore) {
        throw new ArchiveError('conflict', 'the order is cancelled; to have it done again, change it with ?restore=true');
      }
      const { studyInstanceUid, requestedProcedureId } = before;
      const document = this.#document(
        { studyInstanceUid, requestedProcedureId, ...wish, accessionNumber: before.accessionNumber },
        before.facility,
        before,
      );
      const used = usedFields(order, document);
      if (used.length > 0) {
        throw new ArchiveError('conflict', `a machine has begun with this order; it has used: ${used.join(', ')}`);
      }
      await this.#checkStudyUid(order, document);
      return await this.#with.records.orders.replaceOrder(change, document);
    });
  }

  /** @throws ArchiveError `not-found`, `conflict` once a machine has begun */
  async cancel(accessionNumber: string, options: Expected & { readonly facility?: string }, scope: Scope): Promise<Order> {
    return await this.#change(accessionNumber, options, scope, async (order, change) => {
      if (isBegun(order.state)) {
        throw new ArchiveError('conflict', `the order is ${order.state}: it can no longer be cancelled`);
      }
      return order.state === 'CANCELLED' || (await this.#with.records.orders.cancelOrder(change));
    });
  }

  /** Looks, decides, and writes only what was looked at. */
  async #change(
    accessionNumber: string,
    { version, ifMatch, facility }: Expected & { readonly facility?: string },
    scope: Scope,
    act: (order: KeptOrder, change: { id: number; version: number; at: string }) => Promise<boolean>,
  ): Promise<Order> {
    await this.#listener.idle();
    for (let tries = 0; tries < TRIES; tries += 1) {
      const order = await this.#find(accessionNumber, facility, scope);
      if ((version ?? ifMatch ?? order.version) !== order.version || (ifMatch ?? order.version) !== order.version) {
        const code = version === undefined ? 'changed-meanwhile' : 'conflict';
        throw new ArchiveError(code, `the order was changed meanwhile: it has version ${order.version}; read it again`);
      }
      if (await act(order, { id: order.id, version: order.version, at: this.#with.now() })) {
        return await this.#announce(order.id, 'updated');
      }
    }
    throw new ArchiveError('busy', 'others change this order at the same moment; try again');
  }

  async #announce(id: number, change: 'new' | 'updated'): Promise<Order> {
    const [before] = await this.#with.records.orders.byId([id]);
    if (before === undefined) {
      throw new Error('an order that was written is not there');
    }
    await this.#listener.orderChanged(before);
    const [after = before] = await this.#with.records.orders.byId([id]);
    const { facility, accessionNumber } = after.document;
    this.#changes.noteOrder({ facility, accessionNumber }, change);
    return await this.#complete(after);
  }

  async #complete(order: KeptOrder): Promise<Order> {
    const [whole] = await completeOrders(this.#with, [order]);
    if (whole === undefined) {
      throw new Error('an order was not put together');
    }
    return whole;
  }

  async #find(accessionNumber: string, facility: string | undefined, scope: Scope): Promise<KeptOrder> {
    const found = await this.#with.records.orders.byAccession(accessionNumber, scope.facilities);
    const meant = found.filter(({ document }) => facility === undefined || document.facility === facility);
    const [order] = meant;
    if (order === undefined) {
      throw new ArchiveError('not-found', 'there is no such order');
    }
    if (meant.length > 1) {
      const names = meant.map(({ document }) => document.facility).join(', ');
      throw new ArchiveError('conflict', `several facilities have that accession number; say which: ?facility= ${names}`);
    }
    return order;
  }

  /** The facility an order is for; what lies outside of the caller's reach is not there. */
  #facilityOf(wished: string | undefined, { facilities }: Scope): string {
    const known = this.#with.facilities().map(({ id }) => id);
    const reached = known.filter((id) => facilities === 'all' || facilities.includes(id));
    const [only] = reached;
    if (wished === undefined || wished === '') {
      if (only === undefined || reached.length > 1) {
        throw new ArchiveError('invalid-request', 'facility: is needed, since you work for several or none');
      }
      return only;
    }
    if (!reached.includes(wished)) {
      throw new ArchiveError('invalid-request', `facility: there is no facility ${JSON.stringify(wished.slice(0, 64))} for you`);
    }
    return wished;
  }

  /** `F260301-0001`: the day and a number, for orders that come without. */
  async #newAccession(facility: string): Promise<string> {
    const day = localNow(new Date(this.#with.now())).slice(2, 10).replaceAll('-', '');
    const prefix = `F${day}-`;
    const last = await this.#with.records.orders.lastAccession(prefix, facility);
    const number = Number.parseInt(last?.slice(prefix.length) ?? '0', 10);
    return prefix + String(Number.isSafeInteger(number) ? number + 1 : 1).padStart(NUMBER_DIGITS, '0');
  }

  #document(wish: WishedOrder & { readonly accessionNumber: string }, facility: string, before?: OrderDocument): OrderDocument {
    const now = localNow(new Date(this.#with.now()));
    const taken = new Set(wish.steps.map(({ id }) => id).filter((id) => id !== undefined));
    if (taken.size < wish.steps.filter(({ id }) => id !== undefined).length) {
      throw new ArchiveError('invalid-request', 'steps: two have the same id');
    }
    let number = 0;
    const nextId = (): string => {
      do {
        number += 1;
      } while (taken.has(`SPS${number}`));
      return `SPS${number}`;
    };
    return {
      ...wish,
      facility,
      studyInstanceUid: wish.studyInstanceUid ?? newUid(),
      requestedProcedureId: wish.requestedProcedureId ?? wish.accessionNumber,
      steps: wish.steps.map((step) => {
        const id = step.id ?? nextId();
        return { ...step, id, start: step.start ?? before?.steps.find((known) => known.id === id)?.start ?? now };
      }),
    };
  }

  /** A study belongs to one patient. */
  async #checkStudyUid(order: KeptOrder, document: OrderDocument): Promise<void> {
    const others = await this.#with.records.orders.byStudyUid(document.studyInstanceUid, document.facility);
    const other = others.find(
      ({ id, state, document: { patient } }) => id !== order.id && state !== 'CANCELLED' && patient.id !== document.patient.id,
    );
    if (other !== undefined) {
      throw new ArchiveError(
        'conflict',
        `studyInstanceUid: order ${other.document.accessionNumber}, for another patient, has it`,
      );
    }
  }
}

function checkSame(field: string, wished: string | undefined, kept: string): void {
  if (wished !== undefined && wished !== '' && wished !== kept) {
    throw new ArchiveError('invalid-request', `${field}: cannot be changed; cancel this order and make another`);
  }
}
