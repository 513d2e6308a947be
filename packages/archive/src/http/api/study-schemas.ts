import { z } from '@hono/zod-openapi';
import type { SeriesEntry, StudyDetail, StudyEntry } from '../../core/model.ts';
import { ORDER_STATES } from '../../core/orders/model.ts';
import type { StudyAround } from '../../core/orders/study-around.ts';
import { RECEIPT_STATES } from '../../core/receipts/model.ts';

/** Studies as `/api/studies` gives them. */

const Completeness = z
  .object({
    state: z.enum(['arriving', 'complete', 'incomplete']),
    expected: z.number().nullable().openapi({ description: 'instances that machines said they made' }),
    received: z.number().openapi({ description: 'of those, how many are here; while nothing was said, all that are here' }),
    since: z.string(),
  })
  .openapi('Completeness', { description: 'a guess that anything new may change' });

const Mark = z
  .object({
    state: z.enum(RECEIPT_STATES),
    missing: z.number().openapi({ description: 'instances told of, and not here' }),
    refused: z.number().openapi({ description: 'of these, what was sent and not taken' }),
    aside: z.number().openapi({ description: 'deliveries that wait for a person' }),
    waiting: z.number().openapi({ description: 'deliveries on their way' }),
  })
  .openapi('ReceiptMark', { description: 'the receipt in short: `GET /api/studies/{study}/receipt`' });

const STUDY = {
  studyInstanceUid: z.string(),
  patient: z.object({
    id: z.string(),
    issuer: z.string(),
    name: z.string(),
    birthDate: z.string().nullable(),
    sex: z.string(),
  }),
  accessionNumber: z.string(),
  date: z.string().nullable(),
  time: z.string().nullable(),
  description: z.string(),
  modalities: z.array(z.string()).readonly(),
  bodyParts: z.array(z.string()).readonly(),
  seriesCount: z.number(),
  instanceCount: z.number(),
  facility: z.string(),
  sharedWith: z.array(z.string()).readonly(),
  receivedAt: z.string(),
  updatedAt: z.string(),
  verified: z.boolean(),
  conflicts: z.number(),
  completeness: Completeness,
  receipt: Mark,
  order: z
    .object({ accessionNumber: z.string(), state: z.enum(ORDER_STATES) })
    .nullable()
    .openapi({ description: 'the order it was made for' }),
};

export const ListedStudy: z.ZodType<StudyEntry & StudyAround> = z.object(STUDY).openapi('Study');

const Series: z.ZodType<SeriesEntry> = z
  .object({
    seriesInstanceUid: z.string(),
    number: z.number().nullable(),
    modality: z.string(),
    description: z.string(),
    bodyPart: z.string(),
    instanceCount: z.number(),
    frameCount: z.number(),
    rows: z.number().nullable(),
    columns: z.number().nullable(),
    firstInstanceUid: z.string(),
    sopClassUid: z.string(),
    transferSyntaxUid: z.string(),
  })
  .openapi('Series');

export const StudyDetailSchema: z.ZodType<StudyDetail & StudyAround> = z
  .object({ ...STUDY, series: z.array(Series).readonly() })
  .openapi('StudyDetail');
