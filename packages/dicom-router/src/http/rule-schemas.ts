import { z } from '@hono/zod-openapi';
import { type PrintedRule, printRule } from '../routing/print-rule.ts';
import type { Rule, RuleProblem } from '../routing/rule.ts';
import { ruleInWords } from '../routing/rule-words.ts';
import type { ReadRules } from '../rules/rule-book.ts';

const RuleProblemSchema: z.ZodType<RuleProblem> = z
  .object({
    line: z.number(),
    column: z.number(),
    rule: z.string().optional().openapi({ description: 'name of the rule it stands in' }),
    message: z.string(),
  })
  .openapi('RuleProblem', { description: 'what is wrong with a document of rules, and what to write instead' });

export const RuleProblemsSchema: z.ZodType<readonly RuleProblem[]> = z.array(RuleProblemSchema);

/** One rule as it is shown. */
interface ShownRule {
  readonly name: string;
  readonly enabled: boolean;
  readonly words: { readonly vi: string; readonly en: string };
  readonly rule: PrintedRule;
}

/** As a document has it; what stands in it the document's own reader says, with lines. */
const Written: z.ZodType<PrintedRule> = z.custom<PrintedRule>().openapi({ type: 'object' });

export const RuleSchema: z.ZodType<ShownRule> = z
  .object({
    name: z.string(),
    enabled: z.boolean(),
    words: z.object({ vi: z.string(), en: z.string() }).openapi({ description: 'the rule as a sentence' }),
    rule: Written.openapi({ description: 'the rule as a document has it' }),
  })
  .openapi('RoutingRule');

/** The rules in force. */
interface ShownRules {
  readonly version: number;
  readonly at: string | null;
  readonly by: string;
  readonly document: string;
  readonly rules: ShownRule[];
}

export const RulesSchema: z.ZodType<ShownRules> = z
  .object({
    version: z.number().openapi({ description: '0 where there were never any' }),
    at: z.string().nullable(),
    by: z.string(),
    document: z.string().openapi({ description: 'as it was given' }),
    rules: z.array(RuleSchema),
  })
  .openapi('RoutingRules');

/** A document as it was read: what it means, or all that is wrong. */
export function checked(read: ReadRules): {
  readonly ok: boolean;
  readonly problems: readonly RuleProblem[];
  readonly rules: ShownRule[];
} {
  return 'problems' in read
    ? { ok: false, problems: [...read.problems], rules: [] }
    : { ok: true, problems: [], rules: read.rules.map(presentRule) };
}

export function presentRule(rule: Rule): ShownRule {
  return {
    name: rule.name,
    enabled: rule.enabled,
    words: { vi: ruleInWords(rule, 'vi'), en: ruleInWords(rule, 'en') },
    rule: printRule(rule),
  };
}
