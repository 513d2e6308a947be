import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader } from '../../core/model.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { entityTag, isKnown, joinedStream, notModified, REVALIDATE, respond } from '../respond.ts';

/**
 * The stored stream of a video. It is one frame, however it is cut. PS3.5 8.2.5 to 8.2.11, PS3.18 8.7.4.
 */
export async function answerVideoStream(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  mediaType: string,
): Promise<Response> {
  const { frames } = instance;
  const fragments = frames.kind === 'encapsulated' ? frames.frames.flat() : [];
  const length = fragments.reduce((sum, range) => sum + range.length, 0);
  if (length === 0) {
    throw new ArchiveError('not-acceptable', 'The video of this instance is empty.');
  }
  const etag = entityTag(instance.sha256, 'video');
  if (isKnown(c, etag)) {
    return notModified(c, etag);
  }
  const body = joinedStream(fragments.map((range) => () => context.core.read(instance, { of: 'content', range })));
  const headers = {
    'content-type': mediaType,
    'content-length': String(length),
    etag,
    'cache-control': REVALIDATE,
    vary: 'accept',
  };
  return await respond(c, body, headers);
}
