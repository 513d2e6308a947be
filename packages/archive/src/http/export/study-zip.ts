import { type AppEnv, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { makeZip } from 'client-zip';
import { ArchiveError } from '../../core/errors.ts';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import type { InstanceHeader, SeriesEntry, StudyDetail } from '../../core/model.ts';
import { PROBLEMS } from '../api/schemas.ts';
import { Uid } from '../api/studies.ts';
import type { HttpContext } from '../context.ts';
import { primed, respond } from '../respond.ts';
import { fileSet, type ZipEntry } from './file-set.ts';

const Query = z.object({
  series: z
    .string()
    .regex(/^[0-9.]{1,64}(,[0-9.]{1,64})*$/, 'not UIDs separated by commas')
    .refine((text) => text.split(',').length <= ARCHIVE_LIMITS.exportSeries, `at most ${ARCHIVE_LIMITS.exportSeries} series`)
    .optional()
    .openapi({ description: 'series of the study, separated by commas; all of them unless given', example: '1.2.3,1.2.4' }),
});

/** A study, or series of it, to take along: on a disc, a stick, to a computer without a line. */
export function addStudyZipRoute(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/studies/{study}/zip',
    tags: ['studies'],
    summary: 'A study, or series of it, as a ZIP of DICOM files with a DICOMDIR',
    middleware: context.access.guard('view'),
    request: { params: z.object({ study: Uid }), query: Query },
    responses: {
      200: { description: 'The files as they are kept', content: { 'application/zip': { schema: z.string() } } },
      400: PROBLEMS[400],
      404: PROBLEMS[404],
    },
  });
  app.openapi(route, async (c) => {
    const scope = scopeOf(c.get('subject'));
    const { study: studyInstanceUid } = c.req.valid('param');
    const study = await context.core.studyDetail(studyInstanceUid, scope);
    const chosen = chosenOf(study, c.req.valid('query').series);
    const objects = async function* (): AsyncGenerator<InstanceHeader, void, void> {
      for (const { seriesInstanceUid } of chosen) {
        yield* context.core.headers({ studyInstanceUid, seriesInstanceUid }, scope);
      }
    };
    await context.access.audit({
      action: 'study.export',
      outcome: 'success',
      subject: c.get('subject'),
      address: c.env.remoteAddress,
      facility: study.facility,
      studyInstanceUid,
      detail: `series: ${chosen.length}, objects: ${chosen.reduce((sum, { instanceCount }) => sum + instanceCount, 0)}`,
    });
    const entries = await primed(fileSet(context, objects()));
    const type = 'application/zip';
    const headers = { 'content-type': type, 'content-disposition': disposition(study), 'cache-control': 'no-store' };
    return await respond(c, makeZip(closable(entries)), headers);
  });
}

function chosenOf({ series }: StudyDetail, named: string | undefined): readonly SeriesEntry[] {
  if (named === undefined) {
    return series;
  }
  const uids = new Set(named.split(','));
  const found = series.filter(({ seriesInstanceUid }) => uids.has(seriesInstanceUid));
  if (found.length < uids.size) {
    throw new ArchiveError('not-found', `The study has ${found.length} of the ${uids.size} series asked for.`);
  }
  return found;
}

/** NOTE: when nobody reads on, client-zip ends its source by `throw` and hears of nothing that goes wrong there: it must not fail. */
function closable(entries: AsyncIterable<ZipEntry>): AsyncIterableIterator<ZipEntry> {
  const iterator = entries[Symbol.asyncIterator]();
  const done = { done: true, value: undefined } as const;
  const closed = async () => {
    await iterator.return?.().catch(() => undefined);
    return done;
  };
  const all: AsyncIterableIterator<ZipEntry> = {
    next: () => iterator.next(),
    return: closed,
    throw: closed,
    [Symbol.asyncIterator]: () => all,
  };
  return all;
}

/** Named after patient and day, as one finds it again among others; without accents where a browser knows no others. RFC 6266. */
function disposition({ patient, date }: StudyDetail): string {
  const name = [patient.name || patient.id || 'study', date ?? ''].filter((part) => part !== '').join(' ');
  const safe = name.replaceAll(/[\p{Cc}\\/:*?"<>|]/gu, ' ').slice(0, 120);
  const plain = safe
    .normalize('NFD')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .replaceAll(/[^\x20-\x7e]/g, '');
  return `attachment; filename="${plain}.zip"; filename*=UTF-8''${encodeURIComponent(`${safe}.zip`)}`;
}
