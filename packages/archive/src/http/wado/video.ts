import type { ByteRange } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader } from '../../core/model.ts';
import { respondRanged } from '../byte-range.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { entityTag, isKnown, joinedStream, notModified, REVALIDATE } from '../respond.ts';

/**
 * The stored stream of a video, or the part of it that is asked for: players ask so, to begin anywhere. It is one frame, however it is
 * cut. PS3.5 8.2.5 to 8.2.11, PS3.18 8.7.4.
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
  const read = (part: ByteRange = { offset: 0, length }) =>
    Promise.resolve(
      joinedStream(partOf(fragments, part).map((range) => () => context.core.read(instance, { of: 'content', range }))),
    );
  return await respondRanged(
    c,
    { length, read },
    { 'content-type': mediaType, etag, 'cache-control': REVALIDATE, vary: 'accept' },
  );
}

/** Where a part of what ranges hold together lies. */
function partOf(ranges: readonly ByteRange[], { offset, length }: ByteRange): readonly ByteRange[] {
  let before = 0;
  return ranges.flatMap((range) => {
    const from = Math.max(offset, before);
    const to = Math.min(offset + length, before + range.length);
    const found = from < to ? [{ offset: range.offset + from - before, length: to - from }] : [];
    before += range.length;
    return found;
  });
}
