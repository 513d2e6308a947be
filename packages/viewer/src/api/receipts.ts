import { type Client, pathOf } from './client.ts';
import { list, number, object, oneOf, or, type Parse, text } from './json.ts';

const STATES = ['complete', 'incomplete', 'waiting', 'problem'] as const;
type ReceiptState = (typeof STATES)[number];

/** A receipt as the list shows it; counts are of instances. */
export interface ReceiptMark {
  readonly state: ReceiptState;
  /** Told of, and not here. */
  readonly missing: number;
  /** Of these, what was sent and not taken. */
  readonly refused: number;
  /** Deliveries that wait for a person, and those on their way. */
  readonly aside: number;
  readonly waiting: number;
}

interface Told {
  readonly by: 'mpps' | 'commitment' | 'association';
  readonly from: string;
  readonly count: number;
  readonly at: string;
}

interface Sent {
  readonly callingAe: string | null;
  readonly user: string | null;
  readonly count: number;
  readonly last: string;
}

interface Refusal {
  readonly reason: 'full' | 'away' | 'broken' | 'failed';
  readonly from: string;
  readonly count: number;
  readonly last: string;
}

export interface DeliveryStanding {
  readonly destination: string;
  readonly site: string | null;
  readonly delivered: number;
  readonly waiting: number;
  readonly held: number;
  readonly aside: number;
  readonly lastDeliveredAt: string | null;
  readonly arrives: string | null;
  readonly problem: string | null;
  readonly confirmed: number | null;
}

/** At the gateway of a site: what the centre says of the study. */
export interface CentreStanding {
  /** Null where it has nothing of it, or was not asked yet. */
  readonly receipt: { readonly state: ReceiptState; readonly missing: number; readonly indexed: number } | null;
  /** When it said so; null where it was not asked yet. */
  readonly asOf: string | null;
  /** Why it cannot be asked now. */
  readonly problem: string | null;
}

/** Whether all of a study arrived, and how far it got. */
export interface Receipt {
  readonly state: ReceiptState;
  readonly missing: number;
  readonly told: readonly Told[];
  readonly sent: readonly Sent[];
  readonly safe: number;
  readonly indexed: number;
  readonly conflicts: number;
  readonly refused: number;
  readonly refusals: readonly Refusal[];
  readonly commitment: {
    readonly asked: number;
    readonly granted: number;
    readonly reportedAt: string | null;
  };
  readonly deliveries: readonly DeliveryStanding[];
  readonly undecided: number;
  readonly centre: CentreStanding | null;
}

const state = oneOf(...STATES);

export const parseMark: Parse<ReceiptMark> = object<ReceiptMark>({
  state,
  missing: number,
  refused: number,
  aside: number,
  waiting: number,
});

const parseReceipt: Parse<Receipt> = object<Receipt>({
  state,
  missing: number,
  told: list(object<Told>({ by: oneOf('mpps', 'commitment', 'association'), from: text, count: number, at: text })),
  sent: list(object<Sent>({ callingAe: or(text, null), user: or(text, null), count: number, last: text })),
  safe: number,
  indexed: number,
  conflicts: number,
  refused: number,
  refusals: list(object<Refusal>({ reason: oneOf('full', 'away', 'broken', 'failed'), from: text, count: number, last: text })),
  commitment: object<Receipt['commitment']>({ asked: number, granted: number, reportedAt: or(text, null) }),
  deliveries: list(
    object<DeliveryStanding>({
      destination: text,
      site: or(text, null),
      delivered: number,
      waiting: number,
      held: number,
      aside: number,
      lastDeliveredAt: or(text, null),
      arrives: or(text, null),
      problem: or(text, null),
      confirmed: or(number, null),
    }),
  ),
  undecided: number,
  centre: or(
    object<CentreStanding>({
      receipt: or(object<NonNullable<CentreStanding['receipt']>>({ state, missing: number, indexed: number }), null),
      asOf: or(text, null),
      problem: or(text, null),
    }),
    null,
  ),
});

export function readReceipt(client: Client, studyInstanceUid: string, signal?: AbortSignal): Promise<Receipt> {
  return client.get(`${pathOf('api', 'studies', studyInstanceUid)}/receipt`, parseReceipt, signal);
}
