import type { Delivery } from '../records/deliveries.ts';
import type { Destination } from '../routing/destination.ts';
import type { LineShare } from './line/line-governor.ts';
import type { SendOutcome } from './send-instances.ts';

/** Tells what became of one delivery; resolves once that is durable. */
export type Report = (delivery: Delivery, outcome: SendOutcome) => Promise<void>;

/** Where what is sent goes out. */
export interface Outgoing {
  /** Asked before each write. */
  readonly line: LineShare;
  readonly signal: AbortSignal;
}

/** How deliveries get to one destination. */
export interface Transport {
  /**
   * Sends some deliveries, reporting each as soon as the receiver has answered for it.
   * @throws RouterError when the rest cannot be sent now; and whatever `report` throws
   */
  send(deliveries: readonly Delivery[], report: Report, outgoing: Outgoing): Promise<void>;
}

export type OpenTransport = (destination: Destination) => Transport;
