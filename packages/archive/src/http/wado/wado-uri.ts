import { type AppEnv, scopeOf } from '@filmless/access';
import { formatContentType } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader } from '../../core/model.ts';
import { chooseSingle, wishes } from '../accept.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { entityTag, isKnown, notModified, REVALIDATE, respond } from '../respond.ts';
import { Anonymizer } from './anonymized.ts';
import { askedState } from './applied-state.ts';
import { bodyIn } from './instances.ts';
import { noteView } from './note-view.ts';
import { PICTURES } from './picture.ts';
import { answerPicture } from './rendered.ts';
import { answerDocument, answerReport, answerVideo, REPORTS } from './rendered-document.ts';
import { kindOf } from './rendered-kind.ts';
import { chooseSyntax, transferForm } from './transfer-forms.ts';
import { parseUriQuery, regionalOptions, syntaxesOf, type UriQuery } from './wado-uri-query.ts';

const DICOM = 'application/dicom';

/** The URI service: one object, named in the query. PS3.18 9. */
export function addWadoUriRoute(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const anonymizer = new Anonymizer();
  app.get('/dicom-web/wado', context.access.guard('view'), (c) => answerUri(c, context, anonymizer));
}

async function answerUri(c: RequestContext, context: HttpContext, anonymizer: Anonymizer): Promise<Response> {
  const parameters = new URL(c.req.url).searchParams;
  const query = parseUriQuery(parameters);
  const instance = await context.headers.instance(query.target, scopeOf(c.get('subject')));
  const chosen = chooseSingle(query.contentTypes ?? wishes(c), offeredFor(instance, query));
  if (query.anonymize && chosen !== DICOM) {
    throw new ArchiveError(
      'invalid-request',
      `anonymize goes with contentType=${DICOM} alone: what is burnt into pictures stays there.`,
    );
  }
  noteView(c, context, instance);
  if (chosen === DICOM) {
    return query.anonymize
      ? await answerAnonymized(c, context, instance, anonymizer)
      : await answerObject(c, context, instance, query);
  }
  return await answerShown(c, context, instance, query, parameters, chosen);
}

/** Media types of an object, the one it is given as unless another is asked for first. PS3.18 9.1.2.1.1, tables 8.7.4-1, 8.7.5-1. */
function offeredFor(instance: InstanceHeader, { frame, anonymize }: UriQuery): readonly string[] {
  const kind = kindOf(instance);
  if (anonymize) {
    return [DICOM, ...PICTURES];
  }
  switch (kind.kind) {
    case 'image':
      return instance.frames.count === 1 || frame !== undefined ? [...PICTURES, DICOM] : [DICOM, ...PICTURES];
    case 'report':
      return [...REPORTS, DICOM];
    case 'video':
    case 'document':
      return [DICOM, kind.mediaType];
    default:
      return [DICOM];
  }
}

async function answerObject(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  query: UriQuery,
): Promise<Response> {
  if (query.frame !== undefined) {
    throw new ArchiveError('invalid-request', 'frameNumber goes with images, not with whole objects.');
  }
  const stored = instance.transferSyntaxUid;
  const possible = syntaxesOf(query).filter((uid) => uid === '*' || transferForm(stored, uid) !== undefined);
  const syntax = chooseSyntax(stored, possible.length === 0 ? ['*'] : possible.slice(0, 1));
  const etag = entityTag(instance.sha256, syntax);
  if (isKnown(c, etag)) {
    return notModified(c, etag);
  }
  const body = await bodyIn(c, context, instance, syntax);
  return await respond(c, body, dicomHeaders(syntax, { etag }));
}

async function answerAnonymized(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  anonymizer: Anonymizer,
): Promise<Response> {
  const { body, transferSyntaxUid } = await anonymizer.object(context, instance);
  return await respond(c, body, dicomHeaders(transferSyntaxUid, {}));
}

function dicomHeaders(transferSyntaxUid: string, more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const type = formatContentType(DICOM, { 'transfer-syntax': transferSyntaxUid });
  return { 'content-type': type, 'cache-control': REVALIDATE, vary: 'accept', ...more };
}

async function answerShown(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  query: UriQuery,
  parameters: URLSearchParams,
  chosen: string,
): Promise<Response> {
  const kind = kindOf(instance);
  const only = [{ container: 'single', type: chosen }] as const;
  switch (kind.kind) {
    case 'video':
      return await answerVideo(c, context, instance, only, kind.mediaType);
    case 'document':
      return await answerDocument(c, context, instance, only, kind.mediaType);
    case 'report':
      checkCharset(query);
      return await answerReport(c, instance, chooseSingle(only, REPORTS));
    default: {
      const state = await askedState(context, query.target, parameters, scopeOf(c.get('subject')));
      const wish = { options: regionalOptions(query, instance), annotations: query.annotations, state };
      const indexes = query.frame === undefined ? undefined : [query.frame];
      return await answerPicture(c, context, instance, indexes, chooseSingle(only, PICTURES), wish);
    }
  }
}

/** Text is in UTF-8. PS3.18 9.1.2.1.2. */
function checkCharset({ charsets }: UriQuery): void {
  if (charsets.length > 0 && !charsets.some((charset) => charset === 'utf-8' || charset === 'utf8' || charset === '*')) {
    throw new ArchiveError('not-acceptable', 'Text is available in UTF-8.');
  }
}
