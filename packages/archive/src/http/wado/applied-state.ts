import type { Scope } from '@filmless/access';
import { type DataSet, firstText, items, numbers, parseMatchKey, parseUid, TAG } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader, Target } from '../../core/model.ts';
import type { AppliedState } from '../../core/ports.ts';
import type { HttpContext } from '../context.ts';
import { tableReader } from './frame-bytes.ts';
import { kindOf } from './rendered-kind.ts';

/** A presentation state that is kept here. */
export interface KeptState extends AppliedState {
  /** Of its file: pictures made by it change with it. */
  readonly sha256: string;
}

export function stateOf(context: HttpContext, instance: InstanceHeader): KeptState {
  return { header: instance.header, bulk: tableReader(context, instance), sha256: instance.sha256 };
}

/** An instance of a study by its own UID, and that of its series where it is known. @throws ArchiveError `not-found` */
async function findInstance(
  context: HttpContext,
  {
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid,
  }: { readonly studyInstanceUid: string; readonly seriesInstanceUid: string | null; readonly sopInstanceUid: string },
  scope: Scope,
): Promise<InstanceHeader> {
  const series = seriesInstanceUid ?? (await seriesOf(context, studyInstanceUid, sopInstanceUid, scope));
  const target = {
    studyInstanceUid: parseUid(studyInstanceUid),
    seriesInstanceUid: parseUid(series),
    sopInstanceUid: parseUid(sopInstanceUid),
  };
  return await context.headers.instance(target, scope);
}

async function seriesOf(context: HttpContext, studyInstanceUid: string, sopInstanceUid: string, scope: Scope): Promise<string> {
  const keys = [parseMatchKey([TAG.SOPInstanceUID], 'UI', parseUid(sopInstanceUid))];
  const query = { level: 'instance', within: { studyInstanceUid }, keys, include: [], limit: 1 } as const;
  const [found] = (await context.core.search(query, scope)).results;
  const series = found && firstText(found, TAG.SeriesInstanceUID);
  if (series === undefined) {
    throw new ArchiveError('not-found', `The study has no instance ${sopInstanceUid}.`);
  }
  return series;
}

/**
 * The state a request names by `presentationUID`, and by `presentationSeriesUID` where it says so.
 * @throws ArchiveError `not-found`, `invalid-request` for what is no presentation state
 */
export async function askedState(
  context: HttpContext,
  { studyInstanceUid }: Target,
  query: URLSearchParams,
  scope: Scope,
): Promise<KeptState | undefined> {
  const sopInstanceUid = query.get('presentationUID');
  if (sopInstanceUid === null) {
    return undefined;
  }
  if (query.has('window') || query.has('windowCenter') || query.has('windowWidth')) {
    throw new ArchiveError('invalid-request', 'A presentation state has its own window: ask for one of the two.');
  }
  const seriesInstanceUid = query.get('presentationSeriesUID');
  const instance = await findInstance(context, { studyInstanceUid, seriesInstanceUid, sopInstanceUid }, scope);
  if (kindOf(instance).kind !== 'state') {
    throw new ArchiveError('invalid-request', `${sopInstanceUid} is no presentation state that can be applied here.`);
  }
  return stateOf(context, instance);
}

/** A frame that a state refers to. */
export interface ReferencedFrame {
  readonly target: Required<Target>;
  /** From 0. */
  readonly frames: readonly number[];
}

/** All images a state is for, in its own order. PS3.3 C.11.11. */
export function referencedFrames(studyInstanceUid: string, state: DataSet): readonly ReferencedFrame[] {
  return items(state, TAG.ReferencedSeriesSequence).flatMap((series) => {
    const seriesInstanceUid = firstText(series, TAG.SeriesInstanceUID) ?? '';
    return items(series, TAG.ReferencedImageSequence).map((image) => {
      const frames = numbers(image, '00081160').map((number) => number - 1);
      const sopInstanceUid = firstText(image, TAG.ReferencedSOPInstanceUID) ?? '';
      return {
        target: {
          studyInstanceUid: parseUid(studyInstanceUid),
          seriesInstanceUid: parseUid(seriesInstanceUid),
          sopInstanceUid: parseUid(sopInstanceUid),
        },
        frames: frames.length === 0 ? [0] : frames,
      };
    });
  });
}
