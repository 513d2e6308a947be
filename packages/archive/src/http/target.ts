import { parseUid } from '@filmless/dicom';
import { ArchiveError } from '../core/errors.ts';
import type { Target } from '../core/model.ts';
import type { RequestContext } from './context.ts';

/**
 * The study, series and instance a request's path names.
 * @throws DicomError `invalid-uid`
 */
export function targetOf(c: RequestContext): Target {
  const study = c.req.param('study');
  const series = c.req.param('series');
  const instance = c.req.param('instance');
  return {
    studyInstanceUid: parseUid(study ?? ''),
    ...(series === undefined ? {} : { seriesInstanceUid: parseUid(series) }),
    ...(instance === undefined ? {} : { sopInstanceUid: parseUid(instance) }),
  };
}

/** The instance a request's path names. */
export function instanceTargetOf(c: RequestContext): Required<Target> {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = targetOf(c);
  if (seriesInstanceUid === undefined || sopInstanceUid === undefined) {
    throw new ArchiveError('invalid-request', 'The path must name a study, a series and an instance.');
  }
  return { studyInstanceUid, seriesInstanceUid, sopInstanceUid };
}

/** Frames of one request: more is asked for by the instance. */
const MAX_FRAMES = 10_000;

/**
 * Frame numbers from 1, separated by commas, as zero-based indexes. PS3.18 10.4.1.1.4.
 * @throws ArchiveError `invalid-request`
 */
export function frameIndexes(c: RequestContext): readonly number[] {
  const list = (c.req.param('frames') ?? '').split(',');
  if (list.length > MAX_FRAMES) {
    throw new ArchiveError('invalid-request', `At most ${MAX_FRAMES} frames can be asked for at once.`);
  }
  return list.map((text) => {
    if (!/^[1-9][0-9]{0,9}$/.test(text)) {
      throw new ArchiveError(
        'invalid-request',
        `${JSON.stringify(text.slice(0, 20))} is not a frame number; frames count from 1.`,
      );
    }
    return Number(text) - 1;
  });
}
