import { type AppEnv, authorize, type Subject } from '@filmless/access';
import { parseUid } from '@filmless/dicom';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { UploadView } from '../../core/uploads/upload-desk.ts';
import { PROBLEMS } from '../api/schemas.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { auditStore } from '../stow/audit.ts';
import { importOf } from '../stow/import.ts';
import { sourceOf } from '../stow/source.ts';

const UploadSchema = z
  .object({
    id: z.string(),
    offset: z.number().openapi({ description: 'Bytes that are safe here: the next go behind them' }),
    length: z.number(),
    expiresAt: z.string().openapi({ description: 'Without a further byte it is forgotten then' }),
    outcome: z
      .object({
        status: z.enum(['stored', 'identical', 'conflict', 'refused']),
        reason: z.string().optional(),
        message: z.string().optional(),
      })
      .optional()
      .openapi({ description: 'What became of the instance, once it is whole' }),
  })
  .openapi('Upload');
const NewUploadSchema = z.strictObject({
  sopInstanceUid: z.string().max(64),
  length: z.number().int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the whole file: 64 lower-case hexadecimal digits'),
  importId: z.uuid().optional().openapi({ description: 'of `/api/imports`: by which it is stored' }),
});
const UploadPath = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) });
const PATH = '/api/uploads/{id}';
const answer = (description: string) => ({ description, content: { 'application/json': { schema: UploadSchema } } });

/** Instances too long to be sent again from the beginning when the line breaks: in pieces, each kept. */
export function addUploadRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  addBegin(app, context);
  addLook(app, context);
  addAppend(app, context);
  addRemove(app, context);
}

function addBegin(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'post',
    path: '/api/uploads',
    tags: ['uploads'],
    summary: 'Begin to upload a Part 10 file in pieces, or go on: the same file of the same sender is the same upload',
    middleware: context.access.guard('upload'),
    request: { body: { required: true, content: { 'application/json': { schema: NewUploadSchema } } } },
    responses: { 200: answer('It was begun before'), 201: answer('Begun'), 400: PROBLEMS[400] },
  });
  app.openapi(route, async (c) => {
    const { sopInstanceUid, length, sha256, importId } = c.req.valid('json');
    const own = sourceOf(c, context);
    const source = importId === undefined ? own : { ...own, facility: (await importOf(c, context, importId)).facility };
    const wanted = {
      owner: ownerOf(c.get('subject')),
      source,
      sopInstanceUid: parseUid(sopInstanceUid),
      length,
      sha256,
      importId,
    };
    const view = await context.uploads.begin(wanted);
    return view.offset === 0 ? c.json(await told(c, context, view), 201) : c.json(await told(c, context, view), 200);
  });
}

function addLook(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: PATH,
    tags: ['uploads'],
    summary: 'Where an upload stands; HEAD gives the same in Upload-Offset and Upload-Length',
    middleware: context.access.guard('upload'),
    request: { params: UploadPath },
    responses: { 200: answer('So it stands'), 404: PROBLEMS[404] },
  });
  app.openapi(route, async (c) => {
    const view = await openFor(c, context, c.req.valid('param').id);
    return c.json(await told(c, context, view), 200);
  });
}

/** NOTE: not by `openapi`, which would read the body: it is bytes, and long. */
function addAppend(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  app.patch('/api/uploads/:id', context.access.guard('upload'), async (c) => {
    const offset = c.req.header('upload-offset') ?? '';
    if (!/^\d{1,15}$/.test(offset)) {
      throw new ArchiveError('invalid-request', 'Upload-Offset: the place of the first byte in the whole file.');
    }
    const { body } = c.req.raw;
    if (body === null) {
      throw new ArchiveError('invalid-request', 'The request holds no bytes.');
    }
    const { id } = await openFor(c, context, c.req.param('id'));
    const view = await context.uploads.append(id, ownerOf(c.get('subject')), Number(offset), body);
    return c.json(await told(c, context, view), 200);
  });
}

function addRemove(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'delete',
    path: PATH,
    tags: ['uploads'],
    summary: 'Give an upload up: its bytes are removed; an instance that was stored stays',
    middleware: context.access.guard('upload'),
    request: { params: UploadPath },
    responses: { 204: { description: 'Gone' }, 404: PROBLEMS[404] },
  });
  app.openapi(route, async (c) => {
    await context.uploads.remove(c.req.valid('param').id, ownerOf(c.get('subject')));
    return c.body(null, 204);
  });
}

/**
 * An upload of the subject's, as long as they may still upload there: it may have been begun days ago. The last piece stores it, so that
 * asking with each piece is enough.
 * @throws ArchiveError `not-found`; `not-allowed` where they may not speak for the machine any more
 */
async function openFor(c: RequestContext, context: HttpContext, id: string): Promise<UploadView> {
  const subject = c.get('subject');
  const view = await context.uploads.find(id, ownerOf(subject));
  const { source, importId } = view.begun;
  const { facility, callingAe } = source;
  const isKnown = context.access.facilities().some((known) => known.id === facility);
  if (!isKnown || !authorize(subject, 'upload', { facility }).allowed) {
    throw new ArchiveError('not-found', 'There is no such upload of your facility. Begin it again.');
  }
  if (importId !== undefined) {
    await importOf(c, context, importId);
  }
  if (callingAe !== undefined && !authorize(subject, 'relay').allowed) {
    throw new ArchiveError('not-allowed', 'This upload was begun for a machine, and you do not relay for machines any more.');
  }
  return view;
}

function ownerOf({ kind, id }: Subject): string {
  return `${kind} ${id}`;
}

/** As the answer has it; of an instance that was stored by this request the audit trail has a line before. */
async function told(c: RequestContext, context: HttpContext, view: UploadView): Promise<z.infer<typeof UploadSchema>> {
  const { id, offset, length, expiresAt, outcome, stored } = view;
  if (stored !== undefined) {
    await auditStore(c, context, stored.source, [stored.outcome]);
  }
  c.header('upload-offset', String(offset));
  c.header('upload-length', String(length));
  c.header('cache-control', 'no-store');
  return {
    id,
    offset,
    length,
    expiresAt: new Date(expiresAt).toISOString(),
    ...(outcome === undefined
      ? {}
      : {
          outcome: {
            status: outcome.status,
            ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
            ...(outcome.message === undefined ? {} : { message: outcome.message }),
          },
        }),
  };
}
