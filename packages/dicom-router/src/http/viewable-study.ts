import { type AppEnv, authorize } from '@filmless/access';
import type { Context } from 'hono';
import { archivedStudy } from '../arrivals/archived.ts';
import { RouterError } from '../errors.ts';
import type { RouterContext } from './router-context.ts';

/** Sees that the caller may view a study. One of another facility is told like one that is not there. @throws RouterError `not-found` */
export async function requireViewable(
  { archiveFetch }: Pick<RouterContext, 'archiveFetch'>,
  c: Context<AppEnv>,
  studyInstanceUid: string,
): Promise<void> {
  const study = await archivedStudy((request) => archiveFetch(request), studyInstanceUid, c.req.raw.signal);
  if (study === undefined || !authorize(c.get('subject'), 'view', study).allowed) {
    throw new RouterError('not-found', 'the archive holds no such study');
  }
}
