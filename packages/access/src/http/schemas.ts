import { z } from '@hono/zod-openapi';

const PROBLEM_CONTENT = {
  'application/problem+json': { schema: z.object({ title: z.string(), status: z.number(), detail: z.string() }) },
} as const;

/** Answers that any guarded route may give. RFC 9457. */
export const PROBLEMS: Readonly<
  Record<400 | 401 | 403 | 404 | 409 | 429, { readonly description: string; readonly content: typeof PROBLEM_CONTENT }>
> = {
  400: { description: 'The request does not fit its schema', content: PROBLEM_CONTENT },
  401: { description: 'No or wrong credentials', content: PROBLEM_CONTENT },
  403: { description: 'The right is missing', content: PROBLEM_CONTENT },
  404: { description: 'Not there, or not for the caller to know', content: PROBLEM_CONTENT },
  409: { description: 'In conflict with what is there', content: PROBLEM_CONTENT },
  429: { description: 'Too many attempts', content: PROBLEM_CONTENT },
};
