import type { AppEnv } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { profileRow } from '../derive/deidentification.ts';
import { ProfileName, ProfileSchema } from '../derive/profile-schema.ts';
import { RouterError } from '../errors.ts';
import { auditChange, problemAnswer } from './problems.ts';
import type { RouterContext } from './router-context.ts';

const name = z.object({ name: ProfileName });

/** How many there may be: each is held in memory. */
const MOST_PROFILES = 100;

export function addDeidentificationRoutes(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  addList(app, context);
  addPut(app, context);
  addDelete(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, { access, deidentification }: RouterContext): void {
  const schema = z.object({ profiles: z.record(z.string(), ProfileSchema) });
  const route = createRoute({
    method: 'get',
    path: '/api/deidentification',
    tags: ['deidentification'],
    summary: 'Profiles by which copies that go out are de-identified, by name',
    middleware: access.guard('administer'),
    responses: { 200: { description: 'All of them', content: { 'application/json': { schema } } } },
  });
  app.openapi(route, (c) => {
    const profiles = deidentification.list().map(({ name: key, ...profile }) => [key, ProfileSchema.parse(profile)] as const);
    return c.json({ profiles: Object.fromEntries(profiles) }, 200);
  });
}

function addPut(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'put',
    path: '/api/deidentification/{name}',
    tags: ['deidentification'],
    summary: 'Add a profile, or change one; it counts from the next instance on',
    middleware: context.access.guard('administer'),
    request: { params: name, body: { required: true, content: { 'application/json': { schema: ProfileSchema } } } },
    responses: {
      200: { description: 'As it is kept', content: { 'application/json': { schema: ProfileSchema } } },
      409: problemAnswer('There are too many'),
    },
  });
  app.openapi(route, async (c) => {
    const profile = { name: c.req.valid('param').name, ...c.req.valid('json') };
    const names = context.deidentification.names();
    if (!names.includes(profile.name) && names.length >= MOST_PROFILES) {
      throw new RouterError('limit-exceeded', `there are ${MOST_PROFILES} profiles, the limit`);
    }
    await context.database.write('putProfile', profileRow(profile));
    context.deidentification.put(profile);
    await auditChange(context, c, 'deidentification.change', profile.name);
    return c.json(c.req.valid('json'), 200);
  });
}

function addDelete(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const route = createRoute({
    method: 'delete',
    path: '/api/deidentification/{name}',
    tags: ['deidentification'],
    summary: 'Remove a profile; what is still to be sent by it is set aside',
    middleware: context.access.guard('administer'),
    request: { params: name },
    responses: {
      204: { description: 'Removed' },
      404: problemAnswer('There is no such profile'),
      409: problemAnswer('A routing rule names it'),
    },
  });
  app.openapi(route, async (c) => {
    const { name: wanted } = c.req.valid('param');
    const rule = context.rules.ruleWith(wanted);
    if (rule !== undefined) {
      throw new RouterError('conflict', `the routing rule "${rule}" de-identifies by ${wanted}: change the rules first`);
    }
    if (!(await context.database.write('deleteProfile', { name: wanted }))) {
      throw new RouterError('not-found', `there is no de-identification profile ${wanted}`);
    }
    context.deidentification.delete(wanted);
    await auditChange(context, c, 'deidentification.remove', wanted);
    return c.body(null, 204);
  });
}
