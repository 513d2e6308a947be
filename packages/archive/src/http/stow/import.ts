import { type AppEnv, authorize, scopeOf } from '@filmless/access';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { PatientImport } from '../../core/imports/model.ts';
import { describeImportedStore } from '../api/document-description.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import type { Delivery } from './receive.ts';
import { sourceOf } from './source.ts';
import { answerStore } from './store.ts';

/** STOW-RS into an import: each object is changed as was decided before it is stored. NOTE: not by `openapi`, which would read the body. */
export function addImportedStoreRoute(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  app.post('/api/imports/:id/instances', context.access.guard('upload'), async (c) => {
    const decision = await importOf(c, context, c.req.param('id'));
    const { facility, studyInstanceUid } = decision;
    const source = { ...sourceOf(c, context), facility };
    const delivery: Delivery = {
      source,
      studyInstanceUid,
      change: (received) => context.core.imports.change(received, decision),
    };
    return await answerStore(c, context, delivery);
  });
  describeImportedStore(app);
}

/** The import a request names, if its sender may change studies there. @throws ArchiveError `not-found` */
export async function importOf(c: RequestContext, context: Pick<HttpContext, 'core'>, id: string): Promise<PatientImport> {
  const subject = c.get('subject');
  const decision = await context.core.imports.get(id, scopeOf(subject));
  if (!authorize(subject, 'edit', { facility: decision.facility }).allowed) {
    throw new ArchiveError('not-found', 'there is no such import');
  }
  return decision;
}
