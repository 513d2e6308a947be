/** What becomes of an order, and of each of its steps. */
export const ORDER_STATES = ['SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'DISCONTINUED', 'CANCELLED'] as const;

export type OrderState = (typeof ORDER_STATES)[number];

export const PRIORITIES = ['STAT', 'HIGH', 'ROUTINE'] as const;

export type Priority = (typeof PRIORITIES)[number];

/** Whom an order is for. Unique within the facility by its id. */
export interface OrderPatient {
  readonly id: string;
  /** PN form (PS3.5 6.2.1) or plain words, as given. */
  readonly name: string;
  /** `YYYY-MM-DD` or `YYYY`. */
  readonly birthDate?: string;
  readonly sex?: 'M' | 'F' | 'O';
  readonly otherIds?: readonly string[];
}

/** A Scheduled Procedure Step. PS3.3 C.4.10. */
export interface WishedStep {
  /** Scheduled Procedure Step ID; made when left out. */
  readonly id?: string;
  readonly modality: string;
  readonly stationAeTitle?: string;
  /** `YYYY-MM-DDTHH:MM:SS`, local to the facility; the time of the order when left out. */
  readonly start?: string;
  readonly description?: string;
  readonly performingPhysician?: string;
  /** Scheduled Procedure Step Location. */
  readonly room?: string;
}

/** What an order says beside its ids, as it came: texts are NFC, none is empty. */
interface OrderDetails {
  readonly priority: Priority;
  readonly patient: OrderPatient;
  readonly description?: string;
  readonly referringPhysician?: string;
  readonly requestingService?: string;
  readonly procedureCode?: string;
  readonly clinicalInfo?: string;
  readonly pregnancyStatus?: string;
  /** Kilograms. */
  readonly weight?: number;
  readonly allergies?: string;
  readonly location?: string;
  /** Whatever the sender wants back. */
  readonly ext?: Readonly<Record<string, unknown>>;
}

/** An order as somebody wishes it. */
export interface WishedOrder extends OrderDetails {
  /** Made when left out. */
  readonly accessionNumber?: string;
  readonly studyInstanceUid?: string;
  readonly requestedProcedureId?: string;
  readonly steps: readonly WishedStep[];
}

interface KeptStep extends WishedStep {
  readonly id: string;
  readonly start: string;
}

/** What is written down of an order: its wish with nothing left out. */
export interface OrderDocument extends OrderDetails {
  readonly accessionNumber: string;
  readonly facility: string;
  readonly studyInstanceUid: string;
  readonly requestedProcedureId: string;
  readonly steps: readonly KeptStep[];
}

interface OrderStep extends KeptStep {
  readonly state: OrderState;
}

/** A performed procedure step as an order shows it. */
export interface PerformedSummary {
  readonly sopInstanceUid: string;
  readonly state: PerformedState;
  /** Steps of the order it was scheduled by. */
  readonly steps: readonly string[];
  readonly stationAeTitle: string;
  readonly modality: string;
  /** Local to the facility, as the machine says. */
  readonly start: string | null;
  readonly end: string | null;
  /** Instances it names. */
  readonly instances: number;
}

/** A study that was made for an order. */
export interface OrderStudy {
  readonly studyInstanceUid: string;
  /** How many the archive holds. */
  readonly instances: number;
}

export interface Order extends OrderDocument {
  readonly state: OrderState;
  readonly steps: readonly OrderStep[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Grows with each change by a person or a HIS, and with each change of state. */
  readonly version: number;
  readonly performed: readonly PerformedSummary[];
  /** The one it asked for, else the first that was matched. */
  readonly study: OrderStudy | null;
  /** All that were matched. */
  readonly studies: readonly OrderStudy[];
}

/** What `/api/orders?…` may ask. All parts must hold; those about a step hold for one and the same step. */
export interface OrderQuery {
  readonly accessionNumber?: string;
  readonly patientId?: string;
  readonly studyInstanceUid?: string;
  /** Words, matched without accents and case by their beginnings. */
  readonly name?: string;
  readonly modalities: readonly string[];
  readonly stations: readonly string[];
  /** `YYYY-MM-DDTHH:MM:SS`, both included, of a step's start. */
  readonly from?: string;
  readonly to?: string;
  readonly states: readonly OrderState[];
  readonly facility?: string;
  /** Orders by the start of the step that matches: the earliest or the latest first. */
  readonly sort: 'start' | '-start';
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface OrderPage {
  readonly orders: readonly Order[];
  readonly next: string | null;
}

/** Which version of an order somebody means to change. */
export interface Expected {
  /** As the request's body says: another one is a `conflict`. */
  readonly version?: number;
  /** As an If-Match header says: another one is `changed-meanwhile`. RFC 9110 13.1.1. */
  readonly ifMatch?: number;
}

/** Performed Procedure Step Status. PS3.3 C.4.14. */
export const PERFORMED_STATES = ['IN PROGRESS', 'COMPLETED', 'DISCONTINUED'] as const;

export type PerformedState = (typeof PERFORMED_STATES)[number];
