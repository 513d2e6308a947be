import type { AcceptedContext, Association, Peer } from '../src/ul/association.ts';
import type { Fragment } from '../src/ul/pdu/model.ts';

/** An association without a network: what is to be read is given, what is written is kept. */
export class AssociationDouble implements Association {
  readonly id = 'double';
  readonly peer: Peer = { callingAe: 'CT01', calledAe: 'FILMLESS', address: '10.0.0.1', implementationClassUid: '1.2.3' };
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  readonly maxFragmentBytes: number;
  readonly written: Fragment[] = [];
  ended: 'aborted' | 'released' | undefined;
  #incoming: Fragment[];

  constructor(contexts: readonly AcceptedContext[], incoming: readonly Fragment[], maxFragmentBytes = 1000) {
    this.contexts = new Map(contexts.map((context) => [context.id, context]));
    this.#incoming = [...incoming];
    this.maxFragmentBytes = maxFragmentBytes;
  }

  get isOver(): boolean {
    return this.ended !== undefined;
  }

  read(): Promise<Fragment | undefined> {
    return Promise.resolve(this.#incoming.shift());
  }

  write(contextId: number, command: boolean, last: boolean, parts: readonly Uint8Array[]): Promise<void> {
    this.written.push({ contextId, command, last, bytes: Buffer.concat(parts) });
    return Promise.resolve();
  }

  release(): Promise<void> {
    this.ended ??= 'released';
    return Promise.resolve();
  }

  abort(): void {
    this.ended ??= 'aborted';
  }

  /** What was not read. */
  get left(): number {
    return this.#incoming.length;
  }
}
