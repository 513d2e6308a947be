import type { Destination } from './destination.ts';
import { didYouMean } from './near-word.ts';
import type { RuleProblem, RuleReference } from './rule.ts';

/** What is set up elsewhere and rules may name. */
export interface KnownNames {
  readonly destinations: readonly Destination[];
  readonly facilities: readonly string[];
  readonly profiles: readonly string[];
}

const WHAT: Readonly<Record<RuleReference['kind'], string>> = {
  destination: 'destination',
  facility: 'facility',
  profile: 'de-identification profile',
};

/** Names that nothing has, and shares with another facility that say no legal basis. */
export function checkReferences(references: readonly RuleReference[], known: KnownNames): readonly RuleProblem[] {
  const destinations = new Map(known.destinations.map((destination) => [destination.id, destination]));
  const names: Readonly<Record<RuleReference['kind'], readonly string[]>> = {
    destination: [...destinations.keys()],
    facility: known.facilities,
    profile: known.profiles,
  };
  return references.flatMap((reference) => {
    const message = names[reference.kind].includes(reference.name)
      ? withoutBasis(reference, destinations)
      : unknownName(reference, names[reference.kind]);
    const { rule, line, column } = reference;
    return message === undefined ? [] : [{ rule, line, column, message }];
  });
}

function unknownName({ kind, name }: RuleReference, names: readonly string[]): string {
  const known = names.length === 0 ? 'None is set up yet: add it first.' : `Known are ${names.slice(0, 20).join(', ')}.`;
  return `There is no ${WHAT[kind]} "${name.slice(0, 64)}".${didYouMean(name, names)} ${known}`;
}

function withoutBasis({ kind, name, legal }: RuleReference, destinations: ReadonlyMap<string, Destination>): string | undefined {
  const destination = kind === 'destination' && !legal ? destinations.get(name) : undefined;
  return destination?.site === undefined || destination.basis !== undefined
    ? undefined
    : `"${name}" is another facility: say on what legal basis it gets patients' data. Write for instance: { to: ${name}, basis: consultation }`;
}
