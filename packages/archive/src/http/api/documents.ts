import { type AppEnv, scopeOf } from '@filmless/access';
import { parseDate, parseUid } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { DocumentTarget } from '../../core/documents/model.ts';
import { ArchiveError } from '../../core/errors.ts';
import { textProblem } from '../../core/orders/values.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { auditStore } from '../stow/audit.ts';
import { requestBody } from '../stow/request-body.ts';
import { sourceOf } from '../stow/source.ts';
import { describeDocuments } from './document-description.ts';

/** Titles are Document Title (ST) and, shortened, Series Description (LO). */
const TITLE_LENGTH = 200;

/** A PDF or picture into a study, or to an order that has none yet. NOTE: not by `openapi`, which would read the body: it is bytes, and long. */
export function addDocumentRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const guard = context.access.guard('upload');
  app.post('/api/studies/:study/documents', guard, (c) =>
    answerDocument(c, context, { kind: 'study', studyInstanceUid: parseUid(c.req.param('study')) }),
  );
  app.post('/api/orders/:accessionNumber/documents', guard, (c) =>
    answerDocument(c, context, { kind: 'order', accessionNumber: c.req.param('accessionNumber').normalize('NFC') }),
  );
  describeDocuments(app);
}

async function answerDocument(c: RequestContext, context: HttpContext, target: DocumentTarget): Promise<Response> {
  // Whoever may not know of it is not told what is wrong with the request.
  await context.core.documents.check(target, scopeOf(c.get('subject')));
  const { title, date } = described(c);
  const { body } = c.req.raw;
  const length = Number(c.req.header('content-length') ?? Number.NaN);
  if (body === null || !Number.isSafeInteger(length) || length < 1) {
    throw new ArchiveError('invalid-request', 'Content-Length: say how many bytes the file has, and send them.');
  }
  const subject = c.get('subject');
  const document = { body: requestBody(body), length, title, date, by: subject.name };
  const made = await context.core.documents.make(target, document, context.pictures, scopeOf(subject));
  const { facility, received, kind, ...ids } = made;
  const source = { ...sourceOf(c, context), facility };
  const outcome = await context.store(received, source, { studyInstanceUid: ids.studyInstanceUid });
  await auditStore(c, context, source, [outcome]);
  if (outcome.status === 'refused') {
    const code = outcome.reason === 'full' ? 'store-full' : outcome.reason === 'away' ? 'store-away' : 'unreadable-media';
    throw new ArchiveError(code, outcome.message);
  }
  return c.json({ kind, ...ids, sopClassUid: outcome.sopClassUid, status: outcome.status }, 201, {
    location: `/view?study=${ids.studyInstanceUid}`,
    'cache-control': 'no-store',
  });
}

/** @throws ArchiveError `invalid-request` naming the parameter */
function described(c: RequestContext): { readonly title: string; readonly date: string | undefined } {
  const title = (c.req.query('title') ?? '').normalize('NFC').trim();
  const fault = textProblem('LT', title) ?? (/[\r\n\t\f\\]/.test(title) ? 'has lines or a backslash' : undefined);
  if (title === '' || [...title].length > TITLE_LENGTH || fault !== undefined) {
    throw new ArchiveError('invalid-request', `title: ${fault ?? `a title of 1 to ${TITLE_LENGTH} characters is needed`}`);
  }
  const date = c.req.query('date');
  if (date !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(date) || parseDate(date) === undefined)) {
    throw new ArchiveError('invalid-request', 'date: YYYY-MM-DD');
  }
  return { title, date };
}
