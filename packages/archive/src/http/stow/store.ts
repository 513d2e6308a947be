import { type AppEnv, authorize, problem } from '@filmless/access';
import { parseContentType, parseUid } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import { wishes } from '../accept.ts';
import { dicomWebRoot, type HttpContext, type RequestContext } from '../context.ts';
import { chooseSingleForm, writeSingle } from '../model-form.ts';
import { storeAnswer } from './answer.ts';
import { auditStore } from './audit.ts';
import { inflatedBody } from './inflated-body.ts';
import { type Delivery, type PartOutcome, receiveBody, receiveParts } from './receive.ts';
import { MODEL_TYPES, receiveModel, receiveModels } from './receive-models.ts';
import { requestBody } from './request-body.ts';
import { sourceOf } from './source.ts';

const DICOM = 'application/dicom';
/** How a body may come. */
const ENCODINGS: ReadonlySet<string> = new Set(['identity', 'zstd']);
/** When storage is full or away: a person or a restart has to help first. */
const RETRY_AFTER_SECONDS = 60;

/** Store Instances. PS3.18 10.5. */
export function addStoreRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const guard = context.access.guard('upload');
  app.post('/dicom-web/studies', guard, (c) => answerStore(c, context, deliveryOf(c, context)));
  app.post('/dicom-web/studies/:study', guard, (c) => {
    const studyInstanceUid = parseUid(c.req.param('study'));
    return answerStore(c, context, { ...deliveryOf(c, context), studyInstanceUid });
  });
}

function deliveryOf(c: RequestContext, context: HttpContext): Delivery {
  const subject = c.get('subject');
  const rejecter = authorize(subject, 'edit').allowed ? { subject, mayDelete: authorize(subject, 'delete').allowed } : undefined;
  return { source: sourceOf(c, context), rejecter };
}

/** Stores what a request brings, and tells what became of each instance. */
export async function answerStore(c: RequestContext, context: HttpContext, delivery: Delivery): Promise<Response> {
  const form = chooseSingleForm(wishes(c));
  const begun: Promise<PartOutcome>[] = [];
  let taken = false;
  try {
    taken = await receiveAll(c, context, delivery, begun);
  } finally {
    // Also of a request that broke off: what came before is stored.
    await auditStore(c, context, delivery.source, await Promise.all(begun));
  }
  if (!taken) {
    return unsupported(c);
  }
  const outcomes = await Promise.all(begun);
  if (outcomes.length === 0) {
    throw new ArchiveError('invalid-request', 'The request holds no instance.');
  }
  const { status, dataSet } = storeAnswer(outcomes, dicomWebRoot(c));
  const retry: Readonly<Record<string, string>> = status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {};
  return c.body(writeSingle(dataSet, form), status, { 'content-type': form.contentType, 'cache-control': 'no-store', ...retry });
}

/** False when the body is of a type that is not taken; it is then not touched at all. PS3.18 10.5.1.2. */
async function receiveAll(
  c: RequestContext,
  context: HttpContext,
  delivery: Delivery,
  outcomes: Promise<PartOutcome>[],
): Promise<boolean> {
  const { type, parameters } = contentType(c);
  const encoding = c.req.header('content-encoding')?.trim().toLowerCase() ?? 'identity';
  const isMultipart = type === 'multipart/related';
  const held = isMultipart ? (parameters.type?.toLowerCase() ?? DICOM) : type;
  if (!ENCODINGS.has(encoding) || (held !== DICOM && !MODEL_TYPES.has(held))) {
    return false;
  }
  if (isMultipart && parameters.boundary === undefined) {
    throw new ArchiveError('invalid-request', 'Content-Type: multipart/related needs a boundary.');
  }
  if (c.req.raw.body === null) {
    return true;
  }
  const sent = requestBody(c.req.raw.body);
  const body = encoding === 'zstd' ? inflatedBody(sent) : sent;
  const boundary = parameters.boundary ?? '';
  if (held === DICOM) {
    await (isMultipart
      ? receiveParts(context, body, boundary, delivery, outcomes)
      : receiveBody(context, body, delivery, outcomes));
  } else {
    await (isMultipart
      ? receiveModels(context, body, boundary, delivery, outcomes)
      : receiveModel(context, body, held, delivery, outcomes));
  }
  return true;
}

function contentType(c: RequestContext): ReturnType<typeof parseContentType> {
  const header = c.req.header('content-type');
  return header === undefined ? { type: '', parameters: {} } : parseContentType(header);
}

function unsupported(c: RequestContext): Response {
  const detail =
    'Send multipart/related; type="application/dicom" (or "application/dicom+json" or "application/dicom+xml" with bulk data), or one instance as application/dicom, without Content-Encoding.';
  return problem(c, 415, 'Unsupported media type', detail);
}
