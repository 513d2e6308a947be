import { type AppEnv, scopeOf } from '@filmless/access';
import { type DataSet, firstText, type MutableDataSet, TAG } from '@filmless/dicom';
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { SearchQuery, SearchResult } from '../../core/archive-core.ts';
import { wishes } from '../accept.ts';
import { PROBLEMS } from '../api/schemas.ts';
import { dicomWebRoot, type HttpContext, instanceUrl, type RequestContext, seriesUrl, studyUrl } from '../context.ts';
import { chooseListForm, respondWithAll } from '../model-form.ts';
import { targetOf } from '../target.ts';
import { parseSearch } from './parse-query.ts';

/** Search transactions of PS3.18 table 10.6.1-1; patients are searched alike, for the Patient Root of C-FIND. */
const ROUTES: readonly (readonly [path: string, level: SearchQuery['level']])[] = [
  ['/dicom-web/patients', 'patient'],
  ['/api/patients', 'patient'],
  ['/dicom-web/studies', 'study'],
  ['/dicom-web/studies/:study/series', 'series'],
  ['/dicom-web/series', 'series'],
  ['/dicom-web/studies/:study/series/:series/instances', 'instance'],
  ['/dicom-web/studies/:study/instances', 'instance'],
  ['/dicom-web/instances', 'instance'],
];

/** Whoever does not show how many match spares the counting. RFC 7240 2. */
const WITHOUT_TOTAL = /(?:^|,)\s*count=none\s*(?:$|[,;])/i;

export function addSearchRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  for (const [path, level] of ROUTES) {
    app.get(path, context.access.guard('view'), (c) => search(c, context, level));
  }
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/api/patients',
    tags: ['studies'],
    summary: 'Patients, by the attributes of their studies, as QIDO-RS searches for studies',
    request: { query: z.object({ limit: z.string().optional(), after: z.string().optional() }).catchall(z.string()) },
    responses: {
      200: {
        description: 'Patients with how many studies, series and instances they have; Link: rel="next" to the page behind',
        content: { 'application/dicom+json': { schema: z.array(z.looseObject({})) } },
      },
      400: PROBLEMS[400],
    },
  });
}

async function search(c: RequestContext, context: HttpContext, level: SearchQuery['level']): Promise<Response> {
  const form = chooseListForm(wishes(c));
  const query: SearchQuery = {
    level,
    ...(c.req.param('study') === undefined ? {} : { within: targetOf(c) }),
    ...parseSearch(new URL(c.req.url).searchParams),
    total: !WITHOUT_TOTAL.test(c.req.header('prefer') ?? ''),
  };
  const found = await context.core.search(query, scopeOf(c.get('subject')));
  return await respondWithAll(c, withUrls(found, level, dicomWebRoot(c)), form, {
    ...(found.total === undefined ? {} : { 'x-total-count': String(found.total) }),
    // PS3.18 8.3.4.4: the client can ask for the rest.
    ...(found.more ? { warning: '299 filmless "There are additional results that can be requested"' } : {}),
    ...(found.next === null ? {} : { link: `<${nextUrl(c, found.next)}>; rel="next"` }),
  });
}

/** The same search behind the last result. RFC 8288. */
function nextUrl(c: RequestContext, after: string): string {
  const url = new URL(c.req.url);
  url.searchParams.delete('offset');
  url.searchParams.set('after', after);
  return `${new URL(dicomWebRoot(c)).origin}${url.pathname}${url.search}`;
}

function withUrls({ results }: SearchResult, level: SearchQuery['level'], root: string): readonly DataSet[] {
  return results.map((result) => {
    const url = retrieveUrl(result, level, root);
    return url === undefined ? result : withUrl(result, url);
  });
}

/** PS3.18 tables 10.6.3-3 to 10.6.3-5. */
function retrieveUrl(result: DataSet, level: SearchQuery['level'], root: string): string | undefined {
  if (level === 'patient') {
    return undefined;
  }
  const studyInstanceUid = firstText(result, '0020000D');
  const seriesInstanceUid = firstText(result, '0020000E');
  const sopInstanceUid = firstText(result, '00080018');
  if (studyInstanceUid === undefined || level === 'study') {
    return studyInstanceUid === undefined ? undefined : studyUrl(root, studyInstanceUid);
  }
  if (seriesInstanceUid === undefined || level === 'series') {
    return seriesInstanceUid === undefined ? undefined : seriesUrl(root, studyInstanceUid, seriesInstanceUid);
  }
  return sopInstanceUid === undefined ? undefined : instanceUrl(root, { studyInstanceUid, seriesInstanceUid, sopInstanceUid });
}

/** Attributes stand in ascending order, PS3.18 F.2.2: the result's do, and this one goes between them. */
function withUrl(result: DataSet, url: string): DataSet {
  const whole: MutableDataSet = {};
  let isPut = false;
  for (const tag of Object.keys(result)) {
    if (!isPut && tag >= TAG.RetrieveURL) {
      whole[TAG.RetrieveURL] = { vr: 'UR', Value: [url] };
      isPut = true;
    }
    const attribute = result[tag];
    if (attribute !== undefined && tag !== TAG.RetrieveURL) {
      whole[tag] = attribute;
    }
  }
  return whole;
}
