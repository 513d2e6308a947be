import type { Call, CallEnd, Calls, Refusal } from '../calls.ts';
import type { Association } from '../ul/association.ts';
import { type RequestOptions, requestAssociation } from '../ul/requestor.ts';
import { AssociationDialogue, type DialogueOptions } from './association-dialogue.ts';
import { COMMAND } from './command-field.ts';
import type { Dialogue } from './dialogue.ts';
import type { Service } from './provider.ts';
import { isKept, statusClass } from './status.ts';

export interface OpenOptions extends RequestOptions {
  /** What it is for, and who is told how it went. */
  readonly call?: (Pick<Call, 'purpose' | 'destination'> & { readonly calls: Calls }) | undefined;
}

/**
 * Opens an association to perform operations on; `services` are what the peer may ask for meanwhile, such as the C-STOREs of a C-GET.
 * Who opens it releases or aborts it.
 * @throws RouterError as `requestAssociation`
 */
export async function openDialogue(options: OpenOptions, services: readonly Service[] = []): Promise<Dialogue> {
  const record = new CallRecord(options);
  let association: Association;
  try {
    association = await requestAssociation(options);
  } catch (error) {
    record.end(error);
    throw error;
  }
  record.began(association);
  return new CallingDialogue(
    association,
    {
      services,
      limits: options.limits,
      // NOTE: who opened it ends it; it is not served until something stops.
      stop: new AbortController().signal,
      answered: () => undefined,
      failed: () => undefined,
      performed: (commandField, status) => record.performed(commandField, status),
      broke: (error) => record.end(error),
    },
    record,
  );
}

/** One that tells when it is over, and how. */
class CallingDialogue extends AssociationDialogue {
  readonly #record: CallRecord;

  constructor(association: Association, options: DialogueOptions, record: CallRecord) {
    super(association, options);
    this.#record = record;
  }

  override async release(): Promise<void> {
    try {
      await super.release();
      this.#record.end(undefined);
    } catch (error) {
      this.#record.end(error);
      throw error;
    }
  }

  override abort(): void {
    super.abort();
    this.#record.end(undefined);
  }
}

/** Refusals that are told of one association: they are alike. */
const MOST_REFUSALS = 16;

/** What is told of one call; the first end counts. */
class CallRecord {
  readonly #options: OpenOptions;
  readonly #began = performance.now();
  readonly #refusals: Refusal[] = [];
  #association: Association | undefined;
  #stored = 0;
  #over = false;

  constructor(options: OpenOptions) {
    this.#options = options;
  }

  began(association: Association): void {
    this.#association = association;
  }

  performed(commandField: number, status: number): void {
    if (commandField === COMMAND.cStoreRq && isKept(status)) {
      this.#stored += 1;
    } else if (statusClass(status) === 'failure' && this.#refusals.length < MOST_REFUSALS) {
      this.#refusals.push({ commandField, status });
    }
  }

  /** NOTE: what we gave up ourselves is nobody's fault. */
  end(error: unknown): void {
    const { call, calledAe, callingAe, host, port, tls, signal } = this.#options;
    if (this.#over || call === undefined) {
      return;
    }
    this.#over = true;
    if (signal?.aborted === true && error !== undefined) {
      return;
    }
    const { purpose, destination } = call;
    const who = { purpose, destination, calledAe, callingAe, host, port, secure: tls !== undefined };
    call.calls.ended(who, this.#told(error));
  }

  #told(error: unknown): CallEnd {
    const end = {
      milliseconds: performance.now() - this.#began,
      stored: this.#stored,
      refusals: this.#refusals,
      ...(error === undefined ? {} : { error }),
    };
    if (this.#association === undefined) {
      return end;
    }
    const { id, contexts, refused } = this.#association;
    const accepted = [...contexts.values()].map(({ abstractSyntax }) => abstractSyntax);
    return { ...end, id, contexts: { accepted, refused } };
  }
}
