import type { AppEnv, Problem } from '@filmless/access';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { RouterError, type RouterErrorCode } from '../errors.ts';
import { FaultyRules } from '../rules/rule-book.ts';
import type { RouterContext } from './router-context.ts';

const STATUS: Partial<Record<RouterErrorCode, readonly [Problem['status'], string]>> = {
  'invalid-request': [400, 'Invalid request'],
  'not-found': [404, 'Not found'],
  conflict: [409, 'In conflict with what is there'],
  'limit-exceeded': [409, 'Limit reached'],
  changed: [412, 'Changed meanwhile'],
};

/** The router's errors as answers; others are nobody's to see. */
export function problemOfRouter(error: Error): Problem | undefined {
  if (error instanceof FaultyRules) {
    return { status: 400, title: 'Rules refused', detail: error.message, members: { problems: error.problems } };
  }
  const known = error instanceof RouterError ? STATUS[error.code] : undefined;
  return known === undefined ? undefined : { status: known[0], title: known[1], detail: error.message };
}

const schema = z.object({ title: z.string(), status: z.number(), detail: z.string() }).openapi('Problem');

export interface ProblemAnswer {
  readonly description: string;
  readonly content: { readonly 'application/problem+json': { readonly schema: z.ZodType } };
}

/** RFC 9457. */
export function problemAnswer(description: string): ProblemAnswer {
  return { description, content: { 'application/problem+json': { schema } } };
}

/** Writes who changed what into the audit trail. */
export async function auditChange({ access }: RouterContext, c: Context<AppEnv>, action: string, detail: string): Promise<void> {
  const { kind, id, name } = c.get('subject');
  await access.audit({ action, outcome: 'success', subject: { kind, id, name }, address: c.env.remoteAddress, detail });
}
