import { z } from '@hono/zod-openapi';
import { type Diagnosis, diagnose, factsOf, type Own } from '../doctor/diagnosis.ts';
import type { TestOutcome, Tried } from '../doctor/test-call.ts';
import { CAUSES, type Cause, type Facts } from '../finding.ts';

const FactsSchema: z.ZodType<Facts> = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
  .openapi({ description: 'what is known of it, by name: `peer`, `address`, `called`, `classes`, `seconds`, …' });

/** Why something failed, and what to do. */
export const DiagnosisFields: {
  readonly cause: z.ZodType<Cause>;
  readonly facts: z.ZodType<Facts>;
  readonly reason: z.ZodType<string>;
  readonly advice: z.ZodType<string>;
} = {
  cause: z.enum(CAUSES).openapi({ description: 'for a program' }),
  facts: FactsSchema,
  reason: z.string().openapi({ description: 'for a person, in English' }),
  advice: z.string().openapi({ description: 'what to do about it' }),
};

const DiagnosisSchema = z.object(DiagnosisFields).openapi('Diagnosis');

interface OutcomeView {
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly status: string | null;
  readonly detail: string;
  readonly diagnosis: (Diagnosis & { readonly facts: Facts }) | null;
}

export const TestOutcomeSchema: z.ZodType<OutcomeView> = z
  .object({
    ok: z.boolean(),
    milliseconds: z.number(),
    status: z.string().nullable().openapi({ description: 'what the entity answered, when it did' }),
    detail: z.string(),
    diagnosis: DiagnosisSchema.nullable(),
  })
  .openapi('TestOutcome', {
    description: '`detail` says what went wrong in the words of the log, and is empty when it went well',
  });

/** What came of a test, with its diagnosis when it failed. */
export function presentOutcome(outcome: TestOutcome, tried: Tried, own: Own): OutcomeView {
  const { ok, milliseconds, status, detail, finding } = outcome;
  const { title, host = '', port = null } = tried;
  const facts = finding && factsOf({ ...finding, title, calling: own.aeTitle, address: host, port, detail }, own);
  const diagnosis = finding === undefined || facts === undefined ? null : { ...diagnose(finding.cause, facts), facts };
  return { ok, milliseconds, status: status ?? null, detail, diagnosis };
}
