import type { AppEnv } from '@filmless/access';
import { isUid } from '@filmless/dicom';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Tried, TriedGroup } from '../arrivals/rule-tester.ts';
import type { PrefetchDecision } from '../routing/decide.ts';
import { DELIVERY_CLASSES, type Decision } from '../routing/decision.ts';
import { auditChange, problemAnswer } from './problems.ts';
import type { RouterContext } from './router-context.ts';
import { AeTitle } from './schemas.ts';
import { requireViewable } from './viewable-study.ts';

const TestRequest = z
  .strictObject({
    document: z
      .union([z.string(), z.record(z.string(), z.unknown())])
      .optional()
      .openapi({ description: 'tried in place of the rules in force' }),
    studyInstanceUid: z.string().refine(isUid, 'a UID has digits and dots, 64 at most'),
    callingAe: AeTitle.optional().openapi({ description: 'the machine it is to come from' }),
    address: z.union([z.ipv4(), z.ipv6()]).optional(),
    facility: z.string().min(1).max(64).optional().openapi({ description: 'without it, the one it belongs to' }),
    user: z.string().max(200).optional().openapi({ description: 'user or token that uploads it; then it comes over HTTP' }),
    at: z.iso.datetime({ offset: true }).optional().openapi({ description: 'without it, now' }),
  })
  .openapi('RuleTest');

const DecisionSchema = z
  .object({
    destination: z.string(),
    rule: z.string().openapi({ description: "empty where the destination's own `when` says so" }),
    class: z.enum(DELIVERY_CLASSES),
    changes: z.record(z.string(), z.unknown()),
    notBefore: z.string().nullable(),
    legal: z.object({ basis: z.string(), evidence: z.string().optional() }).nullable(),
  })
  .openapi('RoutingDecision');
const GroupSchema = z.object({
  seriesInstanceUid: z.string(),
  modality: z.string(),
  instances: z.number().openapi({ description: 'of the series, all treated alike' }),
  firstInstanceUid: z.string(),
  onArrival: z.array(DecisionSchema),
  whenComplete: z.array(DecisionSchema).openapi({ description: 'beside that, once the study counts as complete' }),
  prefetches: z.array(
    z.object({
      destination: z.string(),
      rule: z.string(),
      priors: z.number(),
      modality: z.union([z.string(), z.array(z.string())]),
    }),
  ),
  rules: z.array(
    z.object({
      rule: z.string(),
      fit: z.enum(['fits', 'differs', 'waits', 'unknown', 'stopped']),
      conditions: z.array(
        z.object({
          condition: z.string(),
          name: z.string().nullable().openapi({ description: 'the attribute' }),
          wanted: z.array(z.string()),
          found: z.string(),
          fits: z.boolean(),
        }),
      ),
      sends: z.array(z.object({ to: z.string(), fate: z.enum(['sent', 'already', 'source', 'gone']) })),
    }),
  ),
});
const TestResult = z
  .object({ groups: z.array(GroupSchema), instances: z.number(), more: z.boolean() })
  .openapi('RuleTestResult', { description: '`more`: the study has more instances than were tried' });

/** What rules would do with a study that is there, without doing it. */
export function addRuleTestRoute(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const { access, arrivals, clock, rules } = context;
  const route = createRoute({
    method: 'post',
    path: '/api/rules/test',
    tags: ['rules'],
    summary: 'What rules would do with a study, and why: nothing is done',
    // It shows values of the study's headers.
    middleware: [access.guard('administer'), access.guard('view')],
    request: { body: { required: true, content: { 'application/json': { schema: TestRequest } } } },
    responses: {
      200: { description: 'Series by series', content: { 'application/json': { schema: TestResult } } },
      400: problemAnswer('The document is faulty: `problems` has lines and reasons'),
      404: problemAnswer('There is no such study'),
    },
  });
  app.openapi(route, async (c) => {
    const { document, studyInstanceUid, at, callingAe, address = '127.0.0.1', facility, user } = c.req.valid('json');
    await requireViewable(context, c, studyInstanceUid);
    const text = document === undefined || typeof document === 'string' ? document : JSON.stringify(document, null, 2);
    const tried = await arrivals.test(
      {
        rules: text === undefined ? rules.inForce.prepared : rules.prepare(rules.accept(text)),
        studyInstanceUid,
        source: { kind: user === undefined ? 'dimse' : 'stow', callingAe, address, facility, user },
        at: at === undefined ? clock.now() : Date.parse(at),
      },
      c.req.raw.signal,
    );
    await auditChange(context, c, 'rules.test', studyInstanceUid);
    return c.json(present(tried), 200);
  });
}

function present({ groups, instances, more }: Tried): z.infer<typeof TestResult> {
  return { groups: groups.map(presentGroup), instances, more };
}

function presentGroup(group: TriedGroup): z.infer<typeof GroupSchema> {
  const { onArrival, whenComplete, prefetches, rules, ...common } = group;
  return {
    ...common,
    onArrival: onArrival.map(presentDecision),
    whenComplete: whenComplete.map(presentDecision),
    prefetches: prefetches.map(presentPrefetch),
    rules: rules.map(({ conditions, sends, ...rule }) => ({
      ...rule,
      conditions: conditions.map(({ name = null, wanted, ...condition }) => ({ ...condition, name, wanted: [...wanted] })),
      sends: [...sends],
    })),
  };
}

function presentDecision({ destination, rule, priority, changes, notBefore, legal }: Decision): z.infer<typeof DecisionSchema> {
  return {
    destination,
    rule,
    class: priority,
    changes: { ...changes },
    notBefore: notBefore === undefined ? null : new Date(notBefore).toISOString(),
    legal: legal === undefined ? null : { ...legal },
  };
}

function presentPrefetch({ destination, rule, prefetch: { priors, modality } }: PrefetchDecision) {
  return { destination, rule, priors, modality: typeof modality === 'string' ? modality : [...modality] };
}
