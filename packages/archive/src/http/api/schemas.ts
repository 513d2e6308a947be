import { z } from '@hono/zod-openapi';

const problemSchema: z.ZodType = z.object({ title: z.string(), status: z.number(), detail: z.string() }).openapi('Problem');

interface ProblemAnswer {
  readonly description: string;
  readonly content: { readonly 'application/problem+json': { readonly schema: z.ZodType } };
}

const answer = (description: string): ProblemAnswer => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** Answers in words, the same for every route. */
export const PROBLEMS: Readonly<Record<400 | 404 | 409 | 412 | 413, ProblemAnswer>> = {
  400: answer('The request cannot be understood; `detail` names the field'),
  404: answer('Not there, or not to be known by this subject'),
  409: answer('In conflict with what is there'),
  412: answer('Not of the version any more that If-Match names'),
  413: answer('Too much for one answer'),
};
