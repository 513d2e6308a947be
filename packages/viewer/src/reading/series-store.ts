import { type DataSet, firstNumber, firstText, TAG } from '@filmless/dicom';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { ApiError } from '../api/client.ts';
import { type ImageFrame, imageFrames, type NoPicture } from '../imaging/model/image-frame.ts';
import { sortFrames } from '../imaging/model/sort-frames.ts';
import { isReport } from './report/report-model.ts';
import { fetchBulk, fetchInstances, instanceUrl, type SeriesInfo } from './study-client.ts';
import { withTables } from './tables.ts';

/** An instance that has no picture, and why. */
export interface Unshown {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly reason: NoPicture | 'video';
  readonly rows: number;
  readonly columns: number;
  /** Of what is read as a document. */
  readonly report: DataSet | undefined;
}

export type SeriesContent =
  | { readonly phase: 'idle' }
  | { readonly phase: 'loading' }
  | { readonly phase: 'failed'; readonly error: unknown }
  | { readonly phase: 'ready'; readonly frames: readonly ImageFrame[]; readonly unshown: readonly Unshown[] };

export interface SeriesEntry {
  readonly studyInstanceUid: string;
  readonly info: SeriesInfo;
  readonly content: ReadonlySignal<SeriesContent>;
  /** Loads the headers once; after a failure once more. */
  load(): Promise<void>;
}

/** MPEG-2, MPEG-4 and HEVC: one stream for all frames, which the image decoders do not read. PS3.5 10.5 to 10.9. */
const VIDEO = /^1\.2\.840\.10008\.1\.2\.4\.10\d(\.1)?$/;

export function createSeriesEntry(study: string, info: SeriesInfo, abort: AbortSignal, onSignedOut: () => void): SeriesEntry {
  const content: Signal<SeriesContent> = signal({ phase: 'idle' });
  return {
    studyInstanceUid: study,
    info,
    content,
    load: async () => {
      if (content.value.phase === 'loading' || content.value.phase === 'ready') {
        return;
      }
      content.value = { phase: 'loading' };
      try {
        const instances = await fetchInstances(study, info.seriesInstanceUid, abort);
        content.value = { phase: 'ready', ...(await contentOf(study, info, instances, abort)) };
      } catch (error) {
        content.value = { phase: 'failed', error };
        if (error instanceof ApiError && error.status === 401) {
          onSignedOut();
        }
      }
    },
  };
}

async function contentOf(
  study: string,
  info: SeriesInfo,
  instances: readonly DataSet[],
  abort: AbortSignal,
): Promise<{ readonly frames: readonly ImageFrame[]; readonly unshown: readonly Unshown[] }> {
  const frames: ImageFrame[] = [];
  const unshown: Unshown[] = [];
  const series = info.seriesInstanceUid;
  const isVideo = VIDEO.test(info.transferSyntaxUid ?? '');
  for (const instance of instances) {
    const sopInstanceUid = firstText(instance, TAG.SOPInstanceUID) ?? '';
    const base = new URL(`${instanceUrl(study, series, sopInstanceUid)}/`, location.href);
    const header = await withTables(instance, (uri) => fetchBulk(new URL(uri, base).href, abort));
    const found = isVideo ? 'video' : imageFrames(header, study, series);
    if (typeof found === 'string') {
      unshown.push(unshownOf(header, sopInstanceUid, found));
    } else {
      frames.push(...found);
    }
  }
  return { frames: sortFrames(frames), unshown };
}

function unshownOf(header: DataSet, sopInstanceUid: string, reason: Unshown['reason']): Unshown {
  const sopClassUid = firstText(header, TAG.SOPClassUID) ?? '';
  return {
    sopInstanceUid,
    sopClassUid,
    reason,
    report: isReport(sopClassUid) ? header : undefined,
    rows: firstNumber(header, TAG.Rows) ?? 0,
    columns: firstNumber(header, TAG.Columns) ?? 0,
  };
}
