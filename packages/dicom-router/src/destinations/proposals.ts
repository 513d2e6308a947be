import type { ProposedContext } from '../ul/pdu/model.ts';
import { proposedGroups } from './transfer-choice.ts';

/** What decides in which contexts an instance can go out. */
export interface StoredPair {
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
}

export interface Proposal {
  readonly contexts: readonly ProposedContext[];
  /** Whether a context was proposed for the stored syntax of such an instance. */
  covers(pair: StoredPair): boolean;
}

/** Odd numbers from 1 to 255. PS3.8 9.3.2.2. */
const MOST_CONTEXTS = 128;

/**
 * The presentation contexts to propose for instances. A receiver picks one syntax of a context, so each stored syntax has a context
 * of its own: whatever else it takes, it can take that. The contexts that spare the most work come first, should there be
 * more than fit; pairs that are not covered need another association. PS3.8 7.1.1.13.
 */
export function proposalFor(instances: Iterable<StoredPair>): Proposal {
  const pairs = new Map<string, StoredPair>();
  for (const instance of instances) {
    pairs.set(keyOf(instance), instance);
  }
  const wanted = wantedContexts([...pairs.values()]).slice(0, MOST_CONTEXTS);
  const proposed = new Set(wanted.map(([sopClassUid, [transferSyntaxUid = '']]) => keyOf({ sopClassUid, transferSyntaxUid })));
  return {
    contexts: wanted.map(([abstractSyntax, transferSyntaxes], index) => ({
      id: 2 * index + 1,
      abstractSyntax,
      transferSyntaxes,
    })),
    covers: (pair) => pairs.has(keyOf(pair)) && proposed.has(keyOf(pair)),
  };
}

function keyOf({ sopClassUid, transferSyntaxUid }: StoredPair): string {
  return `${sopClassUid} ${transferSyntaxUid}`;
}

type Wanted = readonly [sopClassUid: string, transferSyntaxes: readonly string[]];

/** Round by round: all as they are stored, then what else may do. What a context of the class has already is not proposed again. */
function wantedContexts(pairs: readonly StoredPair[]): readonly Wanted[] {
  const known = new Set<string>();
  const wanted: Wanted[] = [];
  const groups = pairs.map(({ sopClassUid, transferSyntaxUid }) => ({ sopClassUid, rounds: proposedGroups(transferSyntaxUid) }));
  const rounds = Math.max(0, ...groups.map((group) => group.rounds.length));
  for (let round = 0; round < rounds; round += 1) {
    for (const group of groups) {
      const fresh = (group.rounds[round] ?? []).filter(
        (transferSyntaxUid) => !known.has(keyOf({ sopClassUid: group.sopClassUid, transferSyntaxUid })),
      );
      for (const transferSyntaxUid of fresh) {
        known.add(keyOf({ sopClassUid: group.sopClassUid, transferSyntaxUid }));
      }
      if (fresh.length > 0) {
        wanted.push([group.sopClassUid, fresh]);
      }
    }
  }
  return wanted;
}
