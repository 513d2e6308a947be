import { type AppEnv, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { PatientImport } from '../../core/imports/model.ts';
import type { HttpContext } from '../context.ts';
import { PROBLEMS } from './schemas.ts';

const Uid = z.string().regex(/^[0-9.]{1,64}$/, 'not a UID');

const Person = z
  .strictObject({
    id: z.string().max(64),
    issuer: z.string().max(64).default(''),
    name: z.string().max(200).normalize('NFC').openapi({ description: 'display form: parts joined by spaces' }),
    birthDate: z
      .string()
      .regex(/^(\d{4}(-\d{2}-\d{2})?)?$/, 'YYYY-MM-DD, YYYY or empty')
      .default(''),
    sex: z.string().max(16).default(''),
  })
  .openapi('ImportedPerson');

const Basis = z.union([
  z.strictObject({ kind: z.literal('order'), accessionNumber: z.string().normalize('NFC').trim().min(1).max(64) }),
  z.strictObject({ kind: z.literal('study'), studyInstanceUid: Uid }),
]);

const ImportSchema = z
  .object({
    id: z.string(),
    studyInstanceUid: z.string(),
    facility: z.string(),
    original: Person,
    patient: Person,
    basis: Basis,
    by: z.string(),
    at: z.string(),
  })
  .openapi('PatientImport');

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});

/** Studies from elsewhere that are put under a patient of this house. */
export function addImportRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addBegin(app, context);
  addOfStudy(app, context);
}

function addBegin(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/imports',
    tags: ['imports'],
    summary:
      'Say that a study from elsewhere is of a patient of this house; what is stored of it by this import names that patient',
    description:
      'Then send its objects to `/api/imports/{id}/instances`, as to STOW-RS, or name the import as `importId` in `/api/uploads`. What they named before is kept in them: Original Attributes Sequence. Their UIDs stay. The same decision twice is one.',
    middleware: context.access.guard('edit'),
    request: {
      body: {
        required: true,
        content: {
          'application/json': {
            schema: z.strictObject({
              studyInstanceUid: Uid,
              original: Person.openapi({ description: 'whom the study names: objects that name somebody else are refused' }),
              under: Basis.openapi({ description: 'an order, or a study, of the patient here' }),
              confirm: z.boolean().default(false).openapi({ description: 'although the people differ in more than their ids' }),
            }),
          },
        },
      },
    },
    responses: {
      200: json('It was decided before', ImportSchema),
      201: json('Decided', ImportSchema),
      400: PROBLEMS[400],
      404: PROBLEMS[404],
      409: {
        ...PROBLEMS[409],
        description:
          '`code` patient-mismatch: `differences` says in what, `confirm` goes on. study-here: it is here of another patient',
      },
    },
  });
  app.openapi(route, async (c) => {
    const subject = c.get('subject');
    const { decision, isNew } = await context.core.imports.begin({ ...c.req.valid('json'), by: subject.name }, scopeOf(subject));
    const { basis, facility, studyInstanceUid } = decision;
    if (isNew) {
      const of = basis.kind === 'order' ? `order ${basis.accessionNumber}` : `study ${basis.studyInstanceUid}`;
      await context.access.audit({
        action: 'study.import',
        outcome: 'success',
        subject,
        address: c.env.remoteAddress,
        facility,
        studyInstanceUid,
        detail: `under the patient of ${of}, import ${decision.id}`,
      });
    }
    return isNew ? c.json(presented(decision), 201) : c.json(presented(decision), 200);
  });
}

function addOfStudy(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/studies/{study}/imports',
    tags: ['imports'],
    summary: 'Under whom a study from elsewhere was put, and whom it named before; the oldest first',
    middleware: context.access.guard('edit'),
    request: { params: z.object({ study: Uid }) },
    responses: { 200: json('Decisions', z.object({ imports: z.array(ImportSchema) })), 404: PROBLEMS[404] },
  });
  app.openapi(route, async (c) => {
    const found = await context.core.imports.ofStudy(c.req.valid('param').study, scopeOf(c.get('subject')));
    c.header('cache-control', 'no-store');
    return c.json({ imports: found.map(presented) }, 200);
  });
}

function presented({ attributes: _, basis, original, patient, ...decision }: PatientImport): z.infer<typeof ImportSchema> {
  return { ...decision, basis: { ...basis }, original: { ...original }, patient: { ...patient } };
}
