import { ACCEPTED_RISKS, DEIDENTIFICATION_OPTIONS } from '@filmless/dicom';
import { z } from '@hono/zod-openapi';
import { RouterError } from '../errors.ts';
import type { NamedProfile } from './deidentification.ts';

const MOST_LISTED = 200;
const MOST_DAYS = 36_500;

/** What a profile is called, in rules and in addresses. */
export const ProfileName: z.ZodType<string> = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'a name has 1 to 64 lower-case letters, digits, "-" and "_"');

const pixel = z.int().min(0).max(65_535);
const area = z.tuple([pixel, pixel, pixel, pixel]);
const text = z.string().min(1).max(64);

const region = z.strictObject({
  when: z.strictObject({
    modality: text.optional(),
    manufacturer: text.optional(),
    model: text.optional(),
    sopClassUid: text.optional(),
    rows: pixel.optional(),
    columns: pixel.optional(),
  }),
  areas: z.array(area).max(MOST_LISTED),
  hides: z.enum(['text', 'face']).optional(),
});

const block = z.strictObject({
  creator: text,
  group: z.string().regex(/^[0-9A-Fa-f]{3}[13579BDFbdf]$/, 'a private group has four hexadecimal digits, the last of them odd'),
  elements: z
    .array(z.string().regex(/^[0-9A-Fa-f]{2}$/, 'the last two hexadecimal digits of an element'))
    .max(256)
    .optional(),
});

/** A profile as it stands in `filmless.yaml` and in the API. */
export const ProfileSchema: z.ZodType<Omit<NamedProfile, 'name'>> = z
  .strictObject({
    options: z.array(z.enum(DEIDENTIFICATION_OPTIONS)).default([]),
    scope: ProfileName.optional(),
    pseudonymPrefix: z
      .string()
      .regex(/^[A-Za-z0-9._-]{0,20}$/, 'at most 20 letters, digits, ".", "_" and "-"')
      .optional(),
    shiftDays: z.int().min(1).max(MOST_DAYS).optional(),
    keepPrivate: z.array(block).max(MOST_LISTED).optional(),
    regions: z.array(region).max(MOST_LISTED).optional(),
    accept: z.array(z.enum(ACCEPTED_RISKS)).optional(),
  })
  .refine(({ options }) => !(options.includes('retainFullDates') && options.includes('retainModifiedDates')), {
    path: ['options'],
    message: 'dates are kept (retainFullDates) or moved (retainModifiedDates), not both',
  })
  .refine(({ options, shiftDays }) => shiftDays === undefined || options.includes('retainModifiedDates'), {
    path: ['shiftDays'],
    message: 'needs the option retainModifiedDates',
  })
  .refine(({ options, keepPrivate = [] }) => keepPrivate.length === 0 || options.includes('retainSafePrivate'), {
    path: ['keepPrivate'],
    message: 'needs the option retainSafePrivate',
  })
  .openapi('DeidentificationProfile');

/** What is wrong with a profile, and where in it. */
export interface ProfileFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A profile, or the first fault of it. */
export function parseProfile(name: string, given: unknown): NamedProfile | ProfileFault {
  const named = ProfileName.safeParse(name);
  if (!named.success) {
    return { path: [], message: named.error.issues[0]?.message ?? 'is no name' };
  }
  const parsed = ProfileSchema.safeParse(given);
  if (parsed.success) {
    return { name, ...parsed.data };
  }
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).map((step) => (typeof step === 'number' ? step : String(step)));
  return { path, message: issue?.message ?? 'is no profile' };
}

/** A profile out of the database. @throws RouterError `invalid-request` */
export function readProfile(name: string, json: string): NamedProfile {
  const profile = parseProfile(name, JSON.parse(json));
  if ('message' in profile) {
    throw new RouterError('invalid-request', `de-identification profile ${name}: ${profile.path.join('.')} ${profile.message}`);
  }
  return profile;
}
