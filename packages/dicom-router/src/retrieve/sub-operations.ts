import { type DataSet, TAG } from '@filmless/dicom';
import type { SendOutcome } from '../destinations/send-instances.ts';
import type { CommandSet } from '../dimse/command-set.ts';
import { encodeOperation } from '../dimse/data-set.ts';
import type { Answer } from '../dimse/provider.ts';
import { statusClass } from '../dimse/status.ts';
import type { RouterLimits } from '../limits.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import type { AcceptedContext } from '../ul/association.ts';

/** Studies that the audit trail is told of one by one. */
const NAMED_STUDIES = 1_000;

/** What went out of one study. */
export interface StudyCounts {
  sent: number;
  failed: number;
}

/** The sub-operations of one C-MOVE or C-GET: what has become of them. PS3.4 C.4.2.1.5 to C.4.2.1.7, C.4.3.1.4. */
export class SubOperations {
  readonly #total: number;
  readonly #namedFailures: number;
  #completed = 0;
  #warnings = 0;
  #failed = 0;
  #reason: string | undefined;
  readonly #failedUids: string[] = [];
  readonly #studies = new Map<string, StudyCounts>();

  constructor(total: number, { namedFailures }: Pick<RouterLimits, 'namedFailures'>) {
    this.#total = total;
    this.#namedFailures = namedFailures;
  }

  /** By Study Instance UID; beyond a bound they are not told apart. */
  get studies(): ReadonlyMap<string, StudyCounts> {
    return this.#studies;
  }

  get counts(): { readonly sent: number; readonly failed: number; readonly total: number } {
    return { sent: this.#completed + this.#warnings, failed: this.#failed, total: this.#total };
  }

  /** What became of one instance. */
  note({ sopInstanceUid, studyInstanceUid }: DeliveredInstance, outcome: SendOutcome): void {
    const study = this.#studyOf(studyInstanceUid);
    if (outcome.kind !== 'done') {
      this.#failed += 1;
      this.#reason ??= outcome.problem;
      study.failed += 1;
      if (this.#failedUids.length < this.#namedFailures) {
        this.#failedUids.push(sopInstanceUid);
      }
      return;
    }
    study.sent += 1;
    if (outcome.status !== undefined && statusClass(outcome.status) === 'warning') {
      this.#warnings += 1;
    } else {
      this.#completed += 1;
    }
  }

  #studyOf(uid: string): StudyCounts {
    const known = this.#studies.get(uid);
    if (known !== undefined) {
      return known;
    }
    const counts = { sent: 0, failed: 0 };
    if (this.#studies.size < NAMED_STUDIES) {
      this.#studies.set(uid, counts);
    }
    return counts;
  }

  /** A response while more are to come. */
  pending(): Answer {
    return { status: 'pending', elements: this.#elements(true) };
  }

  /**
   * The last response. `problem` is why nothing more could be done, for the log. Remaining sub-operations are told of a cancelled
   * operation only, the failed instances whenever there are any.
   */
  final(context: Pick<AcceptedContext, 'transferSyntax'>, cancelled: boolean): Answer {
    const elements = this.#elements(cancelled);
    const list = this.#failed === 0 ? {} : { dataSet: encodeOperation(failedList(this.#failedUids), context) };
    if (cancelled) {
      return { status: 'cancelled', elements, ...list };
    }
    if (this.#failed === 0) {
      return { status: this.#warnings === 0 ? 'success' : 'suboperationsWarning', elements };
    }
    const comment = `${this.#failed} of ${this.#failed + this.#completed + this.#warnings} instances failed`;
    const status = this.#completed + this.#warnings === 0 ? 'unableToPerformSuboperations' : 'suboperationsWarning';
    return { status, elements, comment, ...(this.#reason === undefined ? {} : { problem: this.#reason }), ...list };
  }

  #elements(withRemaining: boolean): Partial<CommandSet> {
    // What arrived since it was counted makes it no less than none.
    const remaining = Math.max(0, this.#total - this.#completed - this.#warnings - this.#failed);
    return {
      ...(withRemaining ? { NumberOfRemainingSuboperations: most(remaining) } : {}),
      NumberOfCompletedSuboperations: most(this.#completed),
      NumberOfFailedSuboperations: most(this.#failed),
      NumberOfWarningSuboperations: most(this.#warnings),
    };
  }
}

/** A count is 16 bits wide. PS3.7 E.1. */
function most(count: number): number {
  return Math.min(count, 0xffff);
}

function failedList(uids: readonly string[]): DataSet {
  return { [TAG.FailedSOPInstanceUIDList]: { vr: 'UI', Value: uids } };
}

/** Why a whole retrieval was not begun, for each of its instances. */
export function notSent(problem: string): SendOutcome {
  return { kind: 'again', problem };
}
