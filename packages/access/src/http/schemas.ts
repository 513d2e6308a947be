import { z } from '@hono/zod-openapi';

interface ProblemAnswer {
  readonly description: string;
  readonly content: { readonly 'application/problem+json': { readonly schema: z.ZodType } };
}

const schema = z.object({ title: z.string(), status: z.number(), detail: z.string() }).openapi('Problem');

const problemAnswer = (description: string): ProblemAnswer => ({
  description,
  content: { 'application/problem+json': { schema } },
});

/** Answers that say what went wrong. RFC 9457. */
export const PROBLEMS: Readonly<Record<404 | 409, ProblemAnswer>> = {
  404: problemAnswer('Not there'),
  409: problemAnswer('In conflict with what is there'),
};
