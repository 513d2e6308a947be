import { RouterError } from '../src/errors.ts';
import {
  type AcceptedContext,
  type Association,
  DEFAULT_ROLES,
  type OperationsWindow,
  type Peer,
} from '../src/ul/association.ts';
import type { OutgoingFragment } from '../src/ul/fragments.ts';
import type { Fragment } from '../src/ul/pdu/model.ts';

/** A context in which its requestor is the user. */
export type PlainContext = Omit<AcceptedContext, 'roles'> & Partial<Pick<AcceptedContext, 'roles'>>;

interface Behaviour {
  readonly maxFragmentBytes?: number;
  readonly role?: Association['role'];
  readonly window?: OperationsWindow;
  /** More may be said later: what is given is not followed by a release. */
  readonly open?: boolean;
}

/** An association without a network: what is to be read is given, at once or later; what is written is kept. */
export class AssociationDouble implements Association {
  readonly id = 'double';
  readonly peer: Peer = {
    callingAe: 'CT01',
    calledAe: 'FILMLESS',
    address: '10.0.0.1',
    secure: false,
    implementationClassUid: '1.2.3',
  };
  readonly role: Association['role'];
  readonly window: OperationsWindow;
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  readonly refused: Association['refused'] = [];
  readonly maxFragmentBytes: number;
  readonly written: Fragment[] = [];
  /** How long the last read could last. */
  patienceMs = 0;
  ended: 'aborted' | 'released' | undefined;
  readonly #incoming: (Fragment | undefined)[];
  #wake: ((why?: 'interrupted') => void) | undefined;
  #begun: (() => void) | undefined;

  constructor(contexts: readonly PlainContext[], incoming: readonly Fragment[], behaviour: Behaviour = {}) {
    this.contexts = new Map(contexts.map((context) => [context.id, { roles: DEFAULT_ROLES, ...context }]));
    this.#incoming = behaviour.open === true ? [...incoming] : [...incoming, undefined];
    this.maxFragmentBytes = behaviour.maxFragmentBytes ?? 1000;
    this.role = behaviour.role ?? 'acceptor';
    this.window = behaviour.window ?? { ours: 1, theirs: 1 };
  }

  get isOver(): boolean {
    return this.ended !== undefined;
  }

  async read(patienceMs: number): Promise<Fragment | undefined> {
    if (this.#wake !== undefined) {
      throw new Error('two read at once');
    }
    this.patienceMs = patienceMs;
    while (this.#incoming.length === 0 && !this.isOver) {
      const why = await new Promise<'interrupted' | undefined>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
      if (why === 'interrupted') {
        throw new RouterError('interrupted', 'nobody waits any more');
      }
    }
    if (this.isOver) {
      throw new RouterError('closed', 'the association was ended here');
    }
    return this.#incoming.shift();
  }

  /** The peer says more; undefined asks for release. */
  say(...fragments: readonly (Fragment | undefined)[]): void {
    this.#incoming.push(...fragments);
    this.#wake?.();
  }

  patience(patienceMs: number): void {
    this.patienceMs = patienceMs;
  }

  interrupt(): void {
    this.#wake?.('interrupted');
  }

  write(fragments: readonly OutgoingFragment[]): Promise<void> {
    if (this.isOver) {
      return Promise.reject(new RouterError('closed', 'the association is over'));
    }
    for (const { parts, ...fragment } of fragments) {
      this.written.push({ ...fragment, bytes: Buffer.concat(parts) });
    }
    return Promise.resolve();
  }

  whenBegun(listener: (() => void) | undefined): void {
    this.#begun = listener;
  }

  /** The peer begins to say something; the rest follows with `say`. */
  begin(): void {
    this.#begun?.();
  }

  release(): Promise<void> {
    this.ended ??= 'released';
    return Promise.resolve();
  }

  abort(): void {
    this.ended ??= 'aborted';
    this.#wake?.();
  }

  /** What was not read. */
  get left(): number {
    return this.#incoming.filter((fragment) => fragment !== undefined).length;
  }
}
