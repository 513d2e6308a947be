import type { OrderDocument, OrderQuery, OrderState, PerformedState } from './model.ts';

/** An order as it is written down. */
export interface KeptOrder {
  /** Of no use outside the records. */
  readonly id: number;
  readonly document: OrderDocument;
  readonly state: OrderState;
  /** Of each step, in the order of the document. */
  readonly stepStates: readonly OrderState[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

/** Which order: what a change is told by. */
export interface OrderKey {
  readonly facility: string;
  readonly accessionNumber: string;
}

export type AddedOrder =
  | { readonly status: 'added'; readonly id: number }
  /** The accession number is in use. */
  | { readonly status: 'taken' }
  /** An order for another patient has the Study Instance UID. */
  | { readonly status: 'study-taken'; readonly accessionNumber: string };

/** A change goes through only for the version that was looked at. */
export interface OrderChange {
  readonly id: number;
  readonly version: number;
  readonly at: string;
}

export interface FoundOrder {
  readonly order: KeptOrder;
  /** Start of the step that matched: what a page goes on from. */
  readonly start: string;
}

/** A performed procedure step as an order and a study need it. */
export interface PerformedFacts {
  readonly sopInstanceUid: string;
  readonly facility: string;
  readonly state: PerformedState;
  readonly stationAeTitle: string;
  readonly modality: string;
  readonly start: string | null;
  readonly end: string | null;
  /** Instances it names. */
  readonly named: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A performed procedure step and a step of an order that it was scheduled by. */
export interface PerformedOfOrder extends PerformedFacts {
  readonly orderId: number;
  readonly stepId: string;
}

/** `study-uid`, `accession`: by what a study was matched without a person. `released`: a person took it from its order. */
export type MatchBasis = 'study-uid' | 'accession' | 'person' | 'released';

export interface Match {
  readonly studyInstanceUid: string;
  readonly facility: string;
  /** Null when it was released. */
  readonly orderId: number | null;
  readonly basis: MatchBasis;
  readonly by: string;
  readonly at: string;
}

/**
 * Orders, as truth: backed up, never rebuilt. Each write is one durable step. `facilities` is the caller's scope: what lies
 * outside of it is not found.
 */
export interface OrderRecords {
  addOrder(document: OrderDocument, at: string): Promise<AddedOrder>;
  /** False when the order is of another version by now; nothing is changed then. */
  replaceOrder(change: OrderChange, document: OrderDocument): Promise<boolean>;
  cancelOrder(change: OrderChange): Promise<boolean>;
  /** Orders of that accession number, one a facility. */
  byAccession(accessionNumber: string, facilities: 'all' | readonly string[]): Promise<readonly KeptOrder[]>;
  byId(ids: readonly number[]): Promise<readonly KeptOrder[]>;
  /** Orders that asked for a study, cancelled ones included. */
  byStudyUid(studyInstanceUid: string, facility: string): Promise<readonly KeptOrder[]>;
  list(query: OrderQuery, facilities: 'all' | readonly string[]): Promise<readonly FoundOrder[]>;
  /** The highest accession number that begins so. */
  lastAccession(prefix: string, facility: string): Promise<string | undefined>;
  performedOf(orderIds: readonly number[]): Promise<readonly PerformedOfOrder[]>;
  matchesOfOrders(orderIds: readonly number[]): Promise<readonly Match[]>;
  /** True once there is any order: until then nothing is matched. */
  anyOrder(): Promise<boolean>;
}
