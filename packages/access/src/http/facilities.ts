import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { AppEnv } from '../access.ts';
import { type AccessContext, auditChange } from '../access-context.ts';
import { AccessError } from '../errors.ts';
import { ACCESS_LIMITS } from '../limits.ts';
import { PROBLEMS } from './schemas.ts';

const FacilityId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'a facility id has 1 to 64 lower-case letters, digits, "-" and "_"');
const Words = z.string().normalize('NFC').trim().min(1).max(200);
/** LO without a backslash: it stands in Issuer of Patient ID. PS3.5 6.2. */
const Issuer = z
  .string()
  .normalize('NFC')
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\\\p{Cc}]+$/u, 'no backslash, no control character');
const FacilityChange = z.object({ name: Words, patientIdIssuer: Issuer });
const FacilitySchema = FacilityChange.extend({ id: FacilityId }).openapi('Facility');

const json = <T extends z.ZodType>(schema: T) => ({ required: true, content: { 'application/json': { schema } } });

export function addFacilityRoutes(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  addList(app, context);
  addCreate(app, context);
  addChange(app, context);
}

function addList(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/facilities',
    tags: ['facilities'],
    summary: 'Facilities, to share with and to choose from',
    middleware: context.guards.right('view'),
    responses: {
      200: {
        description: 'All facilities',
        content: { 'application/json': { schema: z.object({ facilities: z.array(FacilitySchema) }) } },
      },
    },
  });
  app.openapi(route, (c) => c.json({ facilities: [...context.facilities()] }, 200));
}

function addCreate(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/facilities',
    tags: ['facilities'],
    summary: 'Add a facility',
    middleware: context.guards.right('administer'),
    request: { body: json(FacilitySchema) },
    responses: {
      201: { description: 'Added', content: { 'application/json': { schema: FacilitySchema } } },
      409: PROBLEMS[409],
    },
  });
  app.openapi(route, async (c) => {
    const facility = c.req.valid('json');
    const outcome = await context.database.write('addFacility', { facility, most: ACCESS_LIMITS.facilities });
    if (outcome === 'taken') {
      throw new AccessError('taken', `There is a facility ${facility.id} already.`);
    }
    if (outcome === 'too-many') {
      throw new AccessError('taken', `More than ${ACCESS_LIMITS.facilities} facilities are not supported.`);
    }
    await context.reloadFacilities();
    await auditChange(context, c, 'facility.add', facility.id);
    return c.json(facility, 201);
  });
}

function addChange(app: OpenAPIHono<AppEnv>, context: AccessContext): void {
  const route = createRoute({
    method: 'put',
    path: '/api/facilities/{id}',
    tags: ['facilities'],
    summary: 'Rename a facility',
    middleware: context.guards.right('administer'),
    request: { params: z.object({ id: z.string() }), body: json(FacilityChange) },
    responses: {
      200: { description: 'Changed', content: { 'application/json': { schema: FacilitySchema } } },
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const facility = { id: c.req.valid('param').id, ...c.req.valid('json') };
    const outcome = await context.database.write('changeFacility', { facility });
    if (outcome !== 'done') {
      throw new AccessError('not-found', 'There is no such facility.');
    }
    await context.reloadFacilities();
    await auditChange(context, c, 'facility.change', facility.id);
    return c.json(facility, 200);
  });
}
