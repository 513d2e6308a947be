import type { AssociationJournal, Noted } from '../association-journal.ts';
import type { Call, CallEnd, Calls, Refusal } from '../calls.ts';
import { describeStatus } from '../dimse/status.ts';
import { messageOf } from '../errors.ts';
import { findingOf } from './finding-of.ts';
import { serviceName } from './operation-finding.ts';
import { refusedContexts } from './refused-contexts.ts';

/** Writes our own calls into the log of associations. */
export class CallJournal implements Calls {
  readonly #journal: AssociationJournal;

  constructor(journal: AssociationJournal) {
    this.#journal = journal;
  }

  ended({ purpose, destination, calledAe, callingAe, host, port, secure }: Call, end: CallEnd): void {
    const { id = '', error, milliseconds, stored, refusals } = end;
    const broken: readonly Noted[] =
      error === undefined ? [] : [{ ...findingOf(error), scope: 'association', detail: messageOf(error) }];
    this.#journal.add({
      id,
      direction: 'out',
      callingAe,
      calledAe,
      address: host,
      port,
      secure,
      purpose,
      destination,
      outcome: outcomeOf(end),
      detail: error === undefined ? '' : messageOf(error),
      milliseconds,
      stored,
      failed: refusals.length,
      findings: [...broken, ...contextFindings(end), ...refusals.map(refusalFinding)],
    });
  }
}

function outcomeOf({ id, error }: CallEnd): 'released' | 'aborted' | 'refused' {
  if (error === undefined) {
    return 'released';
  }
  return id === undefined ? 'refused' : 'aborted';
}

function contextFindings({ contexts }: CallEnd): readonly Noted[] {
  if (contexts === undefined) {
    return [];
  }
  const found = refusedContexts({ role: 'requestor', ...contexts });
  return found.map((finding) => ({ ...finding, scope: 'operation', detail: `does not take ${String(finding.facts.classes)}` }));
}

function refusalFinding({ commandField, status }: Refusal): Noted {
  const facts = { service: serviceName(commandField), status: describeStatus(status) };
  return { cause: 'peer-refused-object', facts, scope: 'operation', detail: `${facts.service}: answered ${facts.status}` };
}
