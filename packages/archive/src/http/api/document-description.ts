import type { AppEnv } from '@filmless/access';
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { PROBLEMS } from './schemas.ts';

const Made = z
  .object({
    kind: z.enum(['pdf', 'photo', 'capture']),
    studyInstanceUid: z.string(),
    seriesInstanceUid: z.string(),
    sopInstanceUid: z.string(),
    sopClassUid: z.string(),
    status: z.enum(['stored', 'identical', 'conflict']),
  })
  .openapi('AddedDocument');

const binary = { schema: z.string().openapi({ format: 'binary' }) };
const query = z.object({
  title: z.string().min(1).max(200),
  date: z.iso.date().optional().openapi({ description: 'the day it is of; that of the camera, or today, when left out' }),
});

/** What the routes that read bytes look like to other software. */
export function describeDocuments(app: OpenAPIHono<AppEnv>): void {
  const common = {
    method: 'post',
    description:
      'Content-Length must be given. A PDF becomes an Encapsulated PDF, a JPEG photo a VL Photographic Image (kept as it is compressed, turned upright, without its EXIF), a PNG a Secondary Capture Image.',
    responses: {
      201: { description: 'Stored', content: { 'application/json': { schema: Made } } },
      400: PROBLEMS[400],
      404: PROBLEMS[404],
      413: { ...PROBLEMS[400], description: 'Too large' },
      415: { ...PROBLEMS[400], description: 'Neither PDF, JPEG nor PNG' },
    },
  } as const;
  const body = { required: true, content: { 'application/pdf': binary, 'image/jpeg': binary, 'image/png': binary } };
  app.openAPIRegistry.registerPath({
    ...common,
    tags: ['studies'],
    path: '/api/studies/{study}/documents',
    summary: 'Add a PDF or a picture to a study',
    request: { params: z.object({ study: z.string() }), query, body },
  });
  app.openAPIRegistry.registerPath({
    ...common,
    tags: ['studies'],
    path: '/api/orders/{accessionNumber}/documents',
    summary: 'Add a PDF or a picture to an order; it begins the study where none has come',
    request: { params: z.object({ accessionNumber: z.string() }), query, body },
  });
}

export function describeImportedStore(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/api/imports/{id}/instances',
    tags: ['imports'],
    summary: 'Store objects by an import; body and answer are those of STOW-RS',
    request: {
      params: z.object({ id: z.string() }),
      body: { required: true, content: { 'multipart/related': binary, 'application/dicom': binary } },
    },
    responses: {
      200: { description: 'All stored: a Store Instances response, PS3.18 10.5.3' },
      202: { description: 'Some were not' },
      404: PROBLEMS[404],
      409: { ...PROBLEMS[409], description: 'None was' },
    },
  });
}
