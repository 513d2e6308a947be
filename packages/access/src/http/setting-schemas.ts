import { z } from '@hono/zod-openapi';
import { ACCESS_LIMITS } from '../limits.ts';

type HangingDocument = Record<string, unknown>;

export interface ViewerDocument {
  version: 1;
  /** By action. */
  keys: Record<string, string[]>;
  hangings: HangingDocument[];
}

export interface HospitalDocument {
  version: 1;
  lockAfterMinutes: number;
  displaysDeclared: boolean;
  hangings: HangingDocument[];
}

/** Whether lists and objects lie at most so deep in each other; looked at level by level, without calling itself. */
function isWithin(value: unknown, depth: number): boolean {
  let level: readonly unknown[] = [value];
  for (let left = depth; level.length > 0; left -= 1) {
    const inner = level.flatMap((one) => (typeof one === 'object' && one !== null ? [Object.values(one)] : []));
    if (inner.length > 0 && left === 0) {
      return false;
    }
    level = inner.flat();
  }
  return true;
}

/** A hanging protocol: what it means is the viewer's business, which reads it with care; here it is bounded only. */
const Hanging = z
  .record(z.string().max(40), z.unknown())
  .refine((hanging) => isWithin(hanging, ACCESS_LIMITS.hangingDepth), `at most ${ACCESS_LIMITS.hangingDepth} levels`)
  .openapi('Hanging', { description: 'a hanging protocol; its members are described in docs/hanging.md' });

const Hangings = z.array(Hanging).max(ACCESS_LIMITS.hangings);

const KeyName = z.string().min(1).max(30);

export const ViewerSettings: z.ZodType<ViewerDocument> = z
  .strictObject({
    version: z.literal(1),
    keys: z
      .record(z.string().min(1).max(60), z.array(KeyName).max(5))
      .refine((keys) => Object.keys(keys).length <= ACCESS_LIMITS.ownKeys, `at most ${ACCESS_LIMITS.ownKeys} actions`)
      .openapi({ description: 'by action, in place of the keys it has by itself', example: { length: ['d'] } }),
    hangings: Hangings,
  })
  .openapi('ViewerSettings');

export const HospitalSettings: z.ZodType<HospitalDocument> = z
  .strictObject({
    version: z.literal(1),
    lockAfterMinutes: z.number().int().min(0).max(ACCESS_LIMITS.lockMinutes).openapi({
      description: 'a screen nobody touched so long asks for the password; 0: never',
    }),
    displaysDeclared: z.boolean().openapi({
      description: 'the hospital says that its displays are fit for primary diagnosis: the viewer no longer says otherwise',
    }),
    hangings: Hangings,
  })
  .openapi('HospitalSettings');

export const NO_VIEWER_SETTINGS: ViewerDocument = { version: 1, keys: {}, hangings: [] };

/** Until an administrator says otherwise. A quarter of an hour: long enough to think over a picture, short enough for a ward. */
export const NO_HOSPITAL_SETTINGS: HospitalDocument = {
  version: 1,
  lockAfterMinutes: 15,
  displaysDeclared: false,
  hangings: [],
};
