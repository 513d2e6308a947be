import { type AppEnv, type Scope, scopeOf } from '@filmless/access';
import { firstText, parseContentType, parseUid, TAG } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import { wishes } from '../accept.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { chooseSingleForm, writeSingle } from '../model-form.ts';
import { MODEL_TYPES, readModels } from '../stow/receive-models.ts';
import { requestBody } from '../stow/request-body.ts';
import { type AskedInstance, type JudgedInstance, readRequest, writeResponse } from './module.ts';

const PATH = '/dicom-web/commitment-requests/:transaction';
/** Instances of one request; looked up so many at a time. */
const MAX_INSTANCES = 50_000;
const PAGE = 200;

/** Failure Reason. PS3.3 C.14.1.1. */
const NO_SUCH_INSTANCE = 0x0112;
const CLASS_CONFLICT = 0x0119;

/**
 * Storage Commitment Service. PS3.18 13. What is kept is kept before it is acknowledged, so that each request is answered at once, whichever
 * process it comes to; the same request again is answered anew, and nothing has to be asked for later.
 */
export function addCommitmentRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const guard = context.access.guard('upload');
  app.post(PATH, guard, (c) => answerRequest(c, context));
  app.get(PATH, guard, (c) => {
    parseUid(c.req.param('transaction'));
    throw new ArchiveError('not-found', 'No request is open: each is answered at once, in the response to it.');
  });
}

async function answerRequest(c: RequestContext, context: HttpContext): Promise<Response> {
  const form = chooseSingleForm(wishes(c));
  const transaction = parseUid(c.req.param('transaction') ?? '');
  const subject = c.get('subject');
  const asked = await readBody(c);
  const judged = await judge(context, asked, scopeOf(subject));
  const failed = judged.filter(({ failure }) => failure !== undefined).length;
  await context.access.audit({
    action: 'study.commit',
    outcome: 'success',
    subject,
    address: c.env.remoteAddress,
    detail: `${judged.length - failed} of ${judged.length} instances: ${transaction}`,
  });
  return c.body(writeSingle(writeResponse(judged), form), 200, { 'content-type': form.contentType, 'cache-control': 'no-store' });
}

async function readBody(c: RequestContext): Promise<readonly AskedInstance[]> {
  const { type } = parseContentType(c.req.header('content-type') ?? '');
  if (!MODEL_TYPES.has(type) || c.req.raw.body === null) {
    throw new ArchiveError('invalid-request', 'Content-Type: send application/dicom+json or application/dicom+xml.');
  }
  const [request, ...others] = await readModels(requestBody(c.req.raw.body), type);
  if (request === undefined || others.length > 0) {
    throw new ArchiveError('invalid-request', 'The body must be one data set: a Storage Commitment Request.');
  }
  const asked = readRequest(request);
  if (asked.length > MAX_INSTANCES) {
    throw new ArchiveError('limit-exceeded', `One request may name ${MAX_INSTANCES} instances.`);
  }
  return asked;
}

/** What the caller may not see is not there for them. */
async function judge(context: HttpContext, asked: readonly AskedInstance[], scope: Scope): Promise<readonly JudgedInstance[]> {
  const judged: JudgedInstance[] = [];
  for (let from = 0; from < asked.length; from += PAGE) {
    const page = asked.slice(from, from + PAGE);
    const kept = await keptOf(context, page, scope);
    judged.push(...page.map((one) => ({ ...one, failure: failureOf(one, kept.get(one.sopInstanceUid)) })));
  }
  return judged;
}

async function keptOf(
  { core }: HttpContext,
  page: readonly AskedInstance[],
  scope: Scope,
): Promise<ReadonlyMap<string, AskedInstance>> {
  const values = page.map(({ sopInstanceUid }) => ({ kind: 'single', value: sopInstanceUid }) as const);
  const { results } = await core.search(
    {
      level: 'instance',
      keys: [{ path: [TAG.SOPInstanceUID], vr: 'UI', match: { kind: 'list', values } }],
      include: [],
      limit: page.length,
    },
    scope,
  );
  return new Map(
    results.map((result) => {
      const sopInstanceUid = firstText(result, TAG.SOPInstanceUID) ?? '';
      const sopClassUid = firstText(result, TAG.SOPClassUID) ?? '';
      const studyInstanceUid = firstText(result, TAG.StudyInstanceUID) ?? '';
      const seriesInstanceUid = firstText(result, TAG.SeriesInstanceUID) ?? '';
      return [sopInstanceUid, { sopInstanceUid, sopClassUid, studyInstanceUid, seriesInstanceUid }];
    }),
  );
}

function failureOf(asked: AskedInstance, kept: AskedInstance | undefined): number | undefined {
  const isElsewhere = (named: string | undefined, is: string | undefined) => named !== undefined && named !== is;
  if (
    kept === undefined ||
    isElsewhere(asked.studyInstanceUid, kept.studyInstanceUid) ||
    isElsewhere(asked.seriesInstanceUid, kept.seriesInstanceUid)
  ) {
    return NO_SUCH_INSTANCE;
  }
  return asked.sopClassUid === kept.sopClassUid ? undefined : CLASS_CONFLICT;
}
