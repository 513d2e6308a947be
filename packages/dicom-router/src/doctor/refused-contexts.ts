import type { AePermission } from '../aes/ae-config.ts';
import { serviceClass } from '../aes/service-classes.ts';
import type { Cause, Finding } from '../finding.ts';
import type { RefusedContext } from '../ul/association.ts';
import { CONTEXT_RESULT } from '../ul/pdu/model.ts';
import { classNames, syntaxNames } from './class-names.ts';

const CAUSES: Readonly<Record<number, Cause>> = {
  [CONTEXT_RESULT.userRejection]: 'service-not-allowed',
  [CONTEXT_RESULT.abstractSyntaxNotSupported]: 'sop-class-refused',
  [CONTEXT_RESULT.transferSyntaxesNotSupported]: 'transfer-syntax-refused',
};

/** What came of a negotiation: the SOP classes that were accepted, and what was not. */
export interface Negotiated {
  readonly role: 'requestor' | 'acceptor';
  readonly accepted: readonly string[];
  readonly refused: readonly RefusedContext[];
}

/**
 * What of an association was refused although it came to be: for each reason the SOP classes that were accepted in no context at all.
 * A class that was refused in one transfer syntax and accepted in another lacks nothing.
 */
export function refusedContexts({ role, accepted, refused }: Negotiated): readonly Finding[] {
  const lacking = refused.filter(({ abstractSyntax }) => !accepted.includes(abstractSyntax));
  const causeOf = ({ result }: RefusedContext): Cause =>
    role === 'requestor' ? 'peer-refuses-class' : (CAUSES[result] ?? 'sop-class-refused');
  return [...Map.groupBy(lacking, causeOf)].map(([cause, group]) => {
    const classes = group.map(({ abstractSyntax }) => abstractSyntax);
    return {
      cause,
      facts: {
        accepted: accepted.length,
        classes: classNames(classes),
        ...(cause === 'service-not-allowed' ? { asks: permissionsFor(classes) } : {}),
        ...(cause === 'transfer-syntax-refused' || cause === 'peer-refuses-class'
          ? { syntaxes: syntaxNames(group.flatMap(({ transferSyntaxes }) => transferSyntaxes)) }
          : {}),
      },
    };
  });
}

function permissionsFor(classes: readonly string[]): readonly AePermission[] {
  return [...new Set(classes.flatMap((uid) => serviceClass(uid, true)?.may ?? []))];
}
