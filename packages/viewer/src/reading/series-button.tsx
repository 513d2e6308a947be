import { useSignal } from '@preact/signals';
import { ImageOff } from 'lucide-preact';
import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';
import type { ReadingModel } from './reading-model.ts';
import type { SeriesEntry } from './series-store.ts';
import { type SeriesInfo, thumbnailUrl } from './study-client.ts';

/** What a dragged series carries: its UID, for no other program. */
export const DRAG_TYPE = 'application/x-filmless-series';

export function seriesName(info: SeriesInfo): string {
  const number = info.number === null ? t('reading.seriesNoNumber') : t('reading.seriesOf', { number: String(info.number) });
  return info.description === '' ? number : `${number}: ${info.description}`;
}

/** A series with its small picture: opened by a press, or by dragging it into a viewport. */
export function SeriesButton({ model, entry }: { readonly model: ReadingModel; readonly entry: SeriesEntry }): VNode {
  const { info } = entry;
  const shown = model.visible.value.some((viewport) => viewport.series.value === entry);
  const active = model.active.value.series.value === entry;
  const name = seriesName(info);
  return (
    <button
      type="button"
      class={`series${active ? ' series-active' : shown ? ' series-shown' : ''}`}
      data-series={info.seriesInstanceUid}
      aria-current={active}
      title={t('reading.openSeries', { name })}
      draggable
      onDragStart={(event) => event.dataTransfer?.setData(DRAG_TYPE, info.seriesInstanceUid)}
      onClick={() => model.open(model.active.value, entry)}
    >
      <Thumbnail
        url={thumbnailUrl(entry.studyInstanceUid, info.seriesInstanceUid)}
        pictures={info.rows !== null && info.rows > 0}
      />
      <span class="series-facts">
        <span class="series-head">
          <span class="badge">{info.modality || '?'}</span>
          {info.number !== null && <span class="faint numeric">{info.number}</span>}
        </span>
        <span class="series-name">{info.description || t('reading.seriesNoNumber')}</span>
        <span class="series-count numeric">{countText(info)}</span>
      </span>
      <Progress model={model} entry={entry} />
    </button>
  );
}

function countText({ rows, frameCount, instanceCount }: SeriesInfo): string {
  return rows === null || rows === 0
    ? t('reading.objects', { count: instanceCount })
    : t('reading.images', { count: Math.max(frameCount, instanceCount) });
}

function Thumbnail({ url, pictures }: { readonly url: string; readonly pictures: boolean }): VNode {
  const missing = useSignal(!pictures);
  return (
    <span class="series-thumbnail">
      {missing.value ? (
        <ImageOff size={22} aria-label={t('reading.noThumbnail')} />
      ) : (
        <img
          src={url}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => {
            missing.value = true;
          }}
        />
      )}
    </span>
  );
}

/** How much of an opened series has come. */
function Progress({ model, entry }: { readonly model: ReadingModel; readonly entry: SeriesEntry }): VNode | null {
  const { value: content } = entry.content;
  void model.imaging.frames.revision.value;
  if (
    content.phase !== 'ready' ||
    content.frames.length === 0 ||
    !model.visible.value.some((viewport) => viewport.series.value === entry)
  ) {
    return null;
  }
  const total = content.frames.length;
  const count = content.frames.filter((frame) => model.imaging.frames.has(frame)).length;
  return count === total ? null : (
    <progress class="series-progress" max={total} value={count} aria-label={t('reading.loaded', { count, total })} />
  );
}
