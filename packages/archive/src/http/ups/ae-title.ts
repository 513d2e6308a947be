import { ArchiveError } from '../../core/errors.ts';
import type { RequestContext } from '../context.ts';

const AE_TITLE = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;

/** The application entity that a path names. PS3.5 6.2. @throws ArchiveError `invalid-request` */
export function aeTitleOf(c: RequestContext): string {
  const title = (c.req.param('aetitle') ?? '').trim();
  if (!AE_TITLE.test(title)) {
    throw new ArchiveError('invalid-request', 'The path must name an AE title: up to 16 characters of ASCII.');
  }
  return title;
}
