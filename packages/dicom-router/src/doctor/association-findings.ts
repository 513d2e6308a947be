import type { AeRights } from '../aes/ae-directory.ts';
import { acquaintance } from '../aes/sender.ts';
import type { Noted } from '../association-journal.ts';
import type { Answer } from '../dimse/provider.ts';
import { messageOf } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { Association } from '../ul/association.ts';
import { findingOf } from './finding-of.ts';
import { operationFinding } from './operation-finding.ts';
import { refusedContexts } from './refused-contexts.ts';

/** An answer without anything of a patient. */
export interface Loggable {
  readonly status: string;
  readonly comment?: string;
  readonly problem?: string;
}

/** Troubles of one association; further ones are of causes that stand there. */
const MOST = 16;

/** It is listed with one address and calls from another: what it sends counts as not verified. */
export function elsewhereOf(rights: AeRights, address: string): Finding | undefined {
  return acquaintance(rights, address) === 'elsewhere'
    ? { cause: 'from-elsewhere', facts: { expected: rights.host ?? '', seen: address } }
    : undefined;
}

/** Gathers what went wrong with one association that we let in, each cause once. */
export class AssociationFindings {
  readonly #found = new Map<string, Noted>();

  constructor({ role, contexts, refused }: Association, elsewhere: Finding | undefined) {
    if (elsewhere !== undefined) {
      const detail = `it calls from ${elsewhere.facts.seen}, and is listed with ${elsewhere.facts.expected}`;
      this.#add({ ...elsewhere, scope: 'association', detail });
    }
    const accepted = [...contexts.values()].map(({ abstractSyntax }) => abstractSyntax);
    for (const finding of refusedContexts({ role, accepted, refused })) {
      this.#add({ ...finding, scope: 'association', detail: `not accepted: ${String(finding.facts.classes)}` });
    }
  }

  get list(): readonly Noted[] {
    return [...this.#found.values()];
  }

  refused(commandField: number, answer: Answer, { status, comment, problem }: Loggable): void {
    const detail = [status, comment, problem].filter((part) => part !== undefined).join(': ');
    this.#add({ ...operationFinding(commandField, answer), scope: 'operation', detail });
  }

  broke(error: unknown): void {
    this.#add({ ...findingOf(error), scope: 'association', detail: messageOf(error) });
  }

  #add(noted: Noted): void {
    if (this.#found.size < MOST) {
      this.#found.set(`${noted.cause} ${noted.facts.service ?? ''} ${noted.facts.destination ?? ''}`, noted);
    }
  }
}
