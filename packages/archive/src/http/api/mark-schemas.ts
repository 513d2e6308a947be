import { z } from '@hono/zod-openapi';
import { MARK_SCHEMA, type Mark, type SentMark } from '../../core/marks/model.ts';

const Uid = z.string().regex(/^[0-9.]{1,64}$/, 'not a UID');
const Time = z.iso.datetime();
const Coordinate = z.number().min(-1e7).max(1e7);

const ImagePlace = z.strictObject({
  kind: z.literal('image'),
  seriesInstanceUid: Uid,
  sopInstanceUid: Uid,
  frame: z.number().int().min(1).max(1_000_000),
});
const PatientPlace = z.strictObject({ kind: z.literal('patient'), seriesInstanceUid: Uid, frameOfReferenceUid: Uid });

const SHAPE = {
  id: z.uuid().toLowerCase(),
  schema: z.literal(MARK_SCHEMA),
  place: z.discriminatedUnion('kind', [ImagePlace, PatientPlace]),
  tool: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'not the name of a tool')
    .openapi({ example: 'length' }),
  points: z.array(z.array(Coordinate).min(2).max(3).readonly()).max(2_000).readonly().openapi({
    description: 'on an image [x, y] in pixels, (0, 0) in the middle of the first; in the patient [x, y, z] in mm',
  }),
  text: z.string().normalize('NFC').max(2_000),
  created: Time,
  modified: Time,
  revision: z.number().int().min(1).max(1_000_000_000).openapi({ description: 'counts up with each change, from 1' }),
  deleted: z.boolean().openapi({ description: 'a deleted mark stays, without points and text, and does not come back' }),
};

/** A mark as it is sent. Who draws is who asks; points are of two or three numbers, as its place has them. */
export const SentMarkSchema: z.ZodType<SentMark> = z
  .strictObject(SHAPE)
  .refine(({ place, points }) => points.every((point) => point.length === (place.kind === 'image' ? 2 : 3)), {
    path: ['points'],
    error: 'of two numbers on an image, of three in the patient',
  })
  .openapi('SentMark');

const Person = z.object({ id: z.string(), name: z.string() });

export const MarkSchema: z.ZodType<Mark> = z
  .object({ ...SHAPE, studyInstanceUid: z.string(), author: Person, modifiedBy: Person })
  .openapi('Mark');
