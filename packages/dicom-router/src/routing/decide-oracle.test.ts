import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { attributesOf, CASE_DESTINATIONS, documentOf, ruleCase } from '../../test/rule-cases.ts';
import { type Expected, expectedOf } from '../../test/rule-oracle.ts';
import { routerLimits } from '../limits.ts';
import { decide, decideComplete, prepareRules } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Facts } from './facts.ts';
import { parseRules } from './parse-rules.ts';

const MINUTE = 60_000;
const DAY = Date.UTC(2026, 0, 15);
const utc = (at: number) => Math.floor(at / MINUTE) % 1440;
const destinations = new Map(CASE_DESTINATIONS.map((destination) => [destination.id, destination]));

const plain = ({ destination, rule, priority, changes, notBefore }: Decision, now: number): Expected => ({
  destination,
  rule,
  class: priority,
  set: (changes.set ?? []).map(({ value }) => value),
  remove: changes.remove?.length ?? 0,
  held: notBefore === undefined ? 0 : (notBefore - now) / MINUTE,
});

it('what is decided is what rules say when they are read in the plainest way', () => {
  fc.assert(
    fc.property(ruleCase, ({ rules, source, instances, minute }) => {
      const parsed = parseRules(documentOf(rules), routerLimits());
      expect(parsed.problems).toBeUndefined();
      const prepared = prepareRules(parsed.rules ?? [], utc);
      const now = DAY + minute * MINUTE;
      const { user, ...machine } = source;
      const from = source.kind === 'stow' ? { ...machine, user } : machine;
      for (const instance of instances) {
        const facts: Facts = { source: from, header: attributesOf(instance), complete: false, at: now, now };
        const expected = expectedOf({ rules, source, minute }, instance, CASE_DESTINATIONS);
        expect(decide(prepared, destinations, facts).decisions.map((decision) => plain(decision, now))).toEqual(
          expected.onArrival,
        );
        const late = decideComplete(prepared, destinations, { ...facts, complete: true });
        expect(late.decisions.map((decision) => plain(decision, now))).toEqual(expected.whenComplete);
      }
    }),
    { numRuns: 3_000 },
  );
});
