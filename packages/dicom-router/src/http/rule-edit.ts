import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { RouterError } from '../errors.ts';
import { LEGAL_BASES } from '../routing/decision.ts';
import { editDocument, type RuleEdit } from '../routing/edit-document.ts';
import { parseRules } from '../routing/parse-rules.ts';
import { type PrintedRule, printRule } from '../routing/print-rule.ts';
import { FaultyRules } from '../rules/rule-book.ts';
import { problemAnswer } from './problems.ts';
import type { RouterContext } from './router-context.ts';
import { checked, RuleProblemsSchema, RuleSchema } from './rule-schemas.ts';

/** A computed name, for an object that is no promise. */
const THEN = 'then';

const texts = z.array(z.string());
const place = z.int().min(0);

const written: z.ZodType<PrintedRule> = z
  .strictObject({
    name: z.string(),
    enabled: z.boolean().optional(),
    when: z
      .strictObject({
        callingAe: texts.optional(),
        address: texts.optional(),
        facility: texts.optional(),
        complete: z.boolean().optional(),
        hours: texts.optional(),
        tags: z.record(z.string(), texts).optional(),
      })
      .optional(),
    [THEN]: z.array(
      z.strictObject({
        send: z
          .strictObject({
            to: z.string(),
            class: z.string(),
            syntax: z.string().optional(),
            basis: z.enum(LEGAL_BASES).optional(),
            evidence: z.string().optional(),
            hold: texts.optional(),
          })
          .optional(),
        set: z.record(z.string(), z.string()).optional(),
        remove: texts.optional(),
        deidentify: z.string().optional(),
        prefetch: z.strictObject({ priors: z.number(), modality: z.union([z.string(), texts]), class: z.string() }).optional(),
        stop: z.boolean().optional(),
      }),
    ),
  })
  .openapi('WrittenRule', { description: 'as `rule` of a rule that was read' });

const Edit: z.ZodType<RuleEdit> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('add'), rule: written }),
  z.strictObject({ kind: z.literal('change'), at: place, rule: written }),
  z.strictObject({ kind: z.literal('move'), from: place, to: place }),
  z.strictObject({ kind: z.literal('remove'), at: place }),
]);

/** One rule of a document is added, changed, moved or removed; the document comes back as text, with the notes that stand in it. */
export function addRuleEditRoute(app: OpenAPIHono<AppEnv>, { access, limits, rules }: RouterContext): void {
  const body = z.strictObject({ document: z.string(), edit: Edit }).openapi('RuleEdit', { description: 'places count from 0' });
  const answer = z.object({
    document: z.string(),
    ok: z.boolean(),
    problems: RuleProblemsSchema,
    rules: z.array(RuleSchema),
  });
  const route = createRoute({
    method: 'post',
    path: '/api/rules/edit',
    tags: ['rules'],
    summary: 'Change one rule of a document, which is given back and not put in force; notes in it stay',
    middleware: access.guard('administer'),
    request: { body: { required: true, content: { 'application/json': { schema: body } } } },
    responses: {
      200: {
        description: 'The changed document, and what it means or what is wrong',
        content: { 'application/json': { schema: answer } },
      },
      400: problemAnswer('The document cannot be read: `problems` has lines and reasons; or it has no rule at that place'),
    },
  });
  app.openapi(route, (c) => {
    const { document, edit } = c.req.valid('json');
    const { problems, rules: before = [] } = parseRules(document, limits);
    if (problems !== undefined) {
      throw new FaultyRules(problems);
    }
    const changed = edited(document, before.map(printRule), edit);
    return c.json({ document: changed, ...checked(rules.read(changed)) }, 200);
  });
}

function edited(document: string, before: readonly PrintedRule[], edit: RuleEdit): string {
  try {
    return editDocument(document, before, edit);
  } catch (error) {
    throw error instanceof RangeError ? new RouterError('invalid-request', error.message, { cause: error }) : error;
  }
}
