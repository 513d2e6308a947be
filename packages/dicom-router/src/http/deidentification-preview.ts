import type { AppEnv } from '@filmless/access';
import { isUid } from '@filmless/dicom';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type CopyPreview, previewCopy } from '../derive/preview.ts';
import { ProfileName, ProfileSchema } from '../derive/profile-schema.ts';
import { openArchivedFile } from '../destinations/part10.ts';
import { RouterError } from '../errors.ts';
import { searchArchive } from '../query/search-archive.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import { instanceOf } from '../retrieve/selection.ts';
import { auditChange, problemAnswer } from './problems.ts';
import type { RouterContext } from './router-context.ts';
import { requireViewable } from './viewable-study.ts';

const uid = z.string().refine(isUid, 'a UID has digits and dots, 64 at most');

const PreviewRequest = z
  .strictObject({
    name: ProfileName.openapi({ description: 'pseudonyms are those of the scope of the profile, or of its name' }),
    profile: ProfileSchema.openapi({ description: 'it need not be kept' }),
    studyInstanceUid: uid,
    seriesInstanceUid: uid.optional().openapi({ description: 'without it, one of the study' }),
  })
  .openapi('DeidentificationTrial');

const Preview = z
  .object({
    seriesInstanceUid: z.string(),
    sopInstanceUid: z.string(),
    refused: z.string().nullable().openapi({ description: 'why nothing goes out; null when it does' }),
    attributes: z.array(
      z.object({
        path: z.string().openapi({ description: 'keywords from the top level on; items count from 1' }),
        tag: z.string(),
        change: z.enum(['removed', 'emptied', 'changed', 'added', 'kept']),
        before: z.string().nullable(),
        after: z.string().nullable(),
      }),
    ),
    more: z.boolean(),
    areas: z.array(z.array(z.number())).openapi({ description: 'x, y, width, height of what is blackened' }),
    rows: z.number(),
    columns: z.number(),
  })
  .openapi('DeidentificationPreview', { description: 'of the first image of a series' });

/** What a profile would make of an image, without anything being sent. */
export function addDeidentificationPreviewRoute(app: OpenAPIHono<AppEnv>, context: RouterContext): void {
  const { access, archiveFetch, buffers, deidentification } = context;
  const route = createRoute({
    method: 'post',
    path: '/api/deidentification/preview',
    tags: ['deidentification'],
    summary: 'What a profile would change in an image of a study; nothing is sent',
    // It shows values of the study's headers.
    middleware: [access.guard('administer'), access.guard('view')],
    request: { body: { required: true, content: { 'application/json': { schema: PreviewRequest } } } },
    responses: {
      200: { description: 'Before and after, attribute by attribute', content: { 'application/json': { schema: Preview } } },
      404: problemAnswer('There is no such study, or no such series in it'),
    },
  });
  app.openapi(route, async (c) => {
    const { name, profile, studyInstanceUid, seriesInstanceUid } = c.req.valid('json');
    const { signal } = c.req.raw;
    const archive = (request: Request) => archiveFetch(request);
    await requireViewable(context, c, studyInstanceUid);
    const instance = await firstInstance(context, studyInstanceUid, seriesInstanceUid, signal);
    const open = (syntax: string | undefined) => openArchivedFile({ archive, buffers, signal }, instance, syntax);
    const preview = await previewCopy(open, deidentification, { name, ...profile });
    await auditChange(context, c, 'deidentification.preview', studyInstanceUid);
    return c.json(present(instance, preview), 200);
  });
}

async function firstInstance(
  { archiveFetch, limits }: RouterContext,
  study: string,
  series: string | undefined,
  signal: AbortSignal,
): Promise<DeliveredInstance> {
  const within = series === undefined ? '' : `/series/${series}`;
  const url = `/dicom-web/studies/${study}${within}/instances?includefield=00083002&limit=1`;
  for await (const result of searchArchive((request) => archiveFetch(request), url, limits, signal)) {
    const instance = instanceOf(result);
    if (instance !== undefined) {
      return instance;
    }
  }
  throw new RouterError('not-found', 'the study has no such series');
}

function present({ seriesInstanceUid, sopInstanceUid }: DeliveredInstance, preview: CopyPreview): z.infer<typeof Preview> {
  const { refused = null, attributes, areas, ...rest } = preview;
  return {
    seriesInstanceUid,
    sopInstanceUid,
    refused,
    attributes: [...attributes],
    areas: areas.map((area) => [...area]),
    ...rest,
  };
}
