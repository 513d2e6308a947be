import { z } from '@hono/zod-openapi';

/** An AE title: 1 to 16 printable ASCII characters without backslash, spaces around it not significant. PS3.5 6.2. */
export const AeTitle: z.ZodType<string> = z
  .string()
  .trim()
  .min(1)
  .max(16)
  .regex(/^[\x20-\x5b\x5d-\x7e]+$/, 'an AE title has 1 to 16 printable ASCII characters and no backslash');

export const Host: z.ZodType<string> = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9.:_-]+$/, 'a host name or IP address');

export const Port: z.ZodType<number> = z.number().int().min(1).max(65_535);

type Compact<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Leaves out keys whose value is undefined, which `exactOptionalPropertyTypes` tells from absent ones. */
export function compact<T extends object>(value: T): Compact<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Compact<T>;
}
