import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { RulesInForce } from '../rules/rule-book.ts';
import { auditChange, problemAnswer } from './problems.ts';
import type { RouterContext } from './router-context.ts';
import { checked, presentRule, RuleProblemsSchema, RuleSchema, RulesSchema } from './rule-schemas.ts';

const DOCUMENT = {
  required: true,
  description: 'The document of rules, `rules:` with its list, as it stands in filmless.yaml. JSON is YAML too.',
  content: { 'application/yaml': { schema: z.string() } },
};

export function addRuleRoutes(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  addRead(app, context);
  addChange(app, context);
  addVersions(app, context);
  addCheck(app, context);
}

function addRead(app: OpenAPIHono<AppEnv>, { access, rules }: RouterContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/rules',
    tags: ['rules'],
    summary: 'The routing rules in force',
    middleware: access.guard('administer'),
    responses: {
      200: { description: 'The document, and what it means', content: { 'application/json': { schema: RulesSchema } } },
    },
  });
  app.openapi(route, (c) => {
    tag(c, rules.inForce);
    return c.json(present(rules.inForce), 200);
  });
}

/** The version an If-Match header names; a star, and none, is any. RFC 9110 13.1.1. */
function ifMatch(c: Context<AppEnv>): number | undefined {
  const header = c.req.header('if-match')?.trim() ?? '*';
  // What is no version of ours matches none.
  return header === '*' ? undefined : Number(/^"(\d{1,15})"$/.exec(header)?.[1] ?? -1);
}

function tag(c: Context<AppEnv>, { version }: RulesInForce): void {
  c.header('etag', `"${version}"`);
  c.header('cache-control', 'no-store');
}

function addChange(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'put',
    path: '/api/rules',
    tags: ['rules'],
    summary: 'Put a document of rules in force, for what arrives from then on; If-Match names the version it was made from',
    middleware: context.access.guard('administer'),
    request: { body: DOCUMENT },
    responses: {
      200: { description: 'In force', content: { 'application/json': { schema: RulesSchema } } },
      400: problemAnswer('The document is faulty: `problems` has lines and reasons. The rules before stay in force'),
      412: problemAnswer('Another version is in force than If-Match names'),
    },
  });
  app.openapi(route, async (c) => {
    const changed = await context.rules.put(await c.req.text(), c.get('subject').name, ifMatch(c));
    await auditChange(context, c, 'rules.change', `version ${changed.version}: ${changed.rules.length} rules`);
    tag(c, changed);
    return c.json(present(changed), 200);
  });
}

function addVersions(app: OpenAPIHono<AppEnv>, { access, rules }: RouterContext): void {
  const query = z.object({
    limit: z.coerce.number().int().min(1).max(100).default(20),
    after: z.coerce.number().int().optional().openapi({ description: '`next` of the page before' }),
  });
  const version = z.object({ version: z.number(), at: z.string(), by: z.string(), document: z.string() }).openapi('RuleVersion');
  const schema = z.object({ versions: z.array(version), next: z.number().nullable() });
  const route = createRoute({
    method: 'get',
    path: '/api/rules/versions',
    tags: ['rules'],
    summary: 'Documents of rules that were in force, the newest first',
    middleware: access.guard('administer'),
    request: { query },
    responses: { 200: { description: 'A page', content: { 'application/json': { schema } } } },
  });
  app.openapi(route, async (c) => {
    const { limit, after } = c.req.valid('query');
    const rows = await rules.versions(limit, after);
    const versions = rows.map(({ at, ...row }) => ({ ...row, at: new Date(at).toISOString() }));
    return c.json({ versions, next: rows.length < limit ? null : (rows.at(-1)?.version ?? null) }, 200);
  });
}

function addCheck(app: OpenAPIHono<AppEnv>, { access, rules }: RouterContext): void {
  const schema = z.object({ ok: z.boolean(), problems: RuleProblemsSchema, rules: z.array(RuleSchema) });
  const route = createRoute({
    method: 'post',
    path: '/api/rules/check',
    tags: ['rules'],
    summary: 'Read a document of rules without putting it in force',
    middleware: access.guard('administer'),
    request: { body: DOCUMENT },
    responses: { 200: { description: 'What it means, or all that is wrong', content: { 'application/json': { schema } } } },
  });
  app.openapi(route, async (c) => c.json(checked(rules.read(await c.req.text())), 200));
}

function present({ version, at, by, document, rules }: RulesInForce): z.infer<typeof RulesSchema> {
  return { version, at: version === 0 ? null : new Date(at).toISOString(), by, document, rules: rules.map(presentRule) };
}
