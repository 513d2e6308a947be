import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { useMedia } from '../design/media.ts';
import { t } from '../i18n/index.ts';
import { CARD_COLUMNS, COLUMNS, type Column } from './columns.tsx';
import { ListEnd, ListStatus, NewStudies, SkeletonRows } from './list-status.tsx';
import { useResting } from './resting.ts';
import { StudyRow } from './study-row.tsx';
import { type RowWindow, rowWindow, scrollFor } from './window.ts';

const ROW = 40;
const CARD = 124;
const HEAD = 37;
/** So many rows before the end the next page is asked for. */
const AHEAD = 25;

/** The rows of the study list: only those in view are in the page. On narrow screens they are cards. */
export function StudyTable({ onPreview }: { readonly onPreview: (studyInstanceUid: string) => void }): VNode {
  const { worklist, session } = useApp();
  const cards = useMedia('(max-width: 820px)');
  const rowHeight = cards ? CARD : ROW;
  const scroller = useRef<HTMLDivElement>(null);
  const view = useRowWindow(scroller, rowHeight, cards ? 0 : HEAD);
  useResting(worklist, scroller);
  const studies = worklist.studies.value;
  const severalFacilities = (session.session.value?.facilities.length ?? 0) > 1;
  const columns = cards ? CARD_COLUMNS : COLUMNS.filter((column) => column.key !== 'facility' || severalFacilities);
  const loading = worklist.phase.value === 'loading';
  return (
    <div class="list">
      <NewStudies scroller={scroller} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section ref={scroller} class="list-scroll" tabIndex={0} aria-label={t('worklist.title')}>
        <table
          class={`studies${cards ? ' studies-cards' : ''}${loading && studies.length > 0 ? ' studies-old' : ''}`}
          aria-label={t('worklist.title')}
          aria-rowcount={studies.length + 1}
          aria-busy={loading}
        >
          {!cards && <Head columns={columns} />}
          <tbody>
            <Gap height={view.first * rowHeight} />
            {studies.slice(view.first, view.end).map((study, index) => (
              <StudyRow
                key={study.studyInstanceUid}
                study={study}
                columns={columns}
                position={view.first + index + 2}
                selected={worklist.selected.value === study.studyInstanceUid}
                fresh={worklist.fresh.value.has(study.studyInstanceUid)}
                onPreview={onPreview}
              />
            ))}
            <Gap height={Math.max(0, studies.length - view.end) * rowHeight} />
            {loading && studies.length === 0 && <SkeletonRows columns={columns} />}
          </tbody>
        </table>
        <ListStatus />
        <ListEnd />
      </section>
    </div>
  );
}

function Head({ columns }: { readonly columns: readonly Column[] }): VNode {
  return (
    <thead>
      <tr>
        {columns.map(({ key, title }) => (
          <th key={key} scope="col" class={`col-${key}`}>
            {t(title)}
          </th>
        ))}
        <th scope="col" class="col-preview">
          <span class="visually-hidden">{t('worklist.preview')}</span>
        </th>
      </tr>
    </thead>
  );
}

/** Stands for the rows that are not drawn. NOTE: without colSpan, because columns that the style hides would come back. */
function Gap({ height }: { readonly height: number }): VNode | null {
  return height === 0 ? null : (
    <tr class="gap">
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}

function useRowWindow(scroller: { readonly current: HTMLDivElement | null }, rowHeight: number, head: number): RowWindow {
  const { worklist } = useApp();
  const [view, setView] = useState({ top: worklist.scrollTop.value, height: 900 });
  const count = worklist.studies.value.length;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return undefined;
    }
    element.scrollTop = worklist.scrollTop.value;
    const look = () => {
      worklist.scrollTop.value = element.scrollTop;
      setView({ top: element.scrollTop, height: element.clientHeight });
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  useReveal(scroller, rowHeight, head);
  useNewList(scroller);
  const end = (view.top + view.height) / rowHeight;
  useEffect(() => {
    if (count > 0 && end > count - AHEAD && worklist.morePhase.value === 'ready') {
      worklist.loadMore();
    }
  }, [end, count]);
  return rowWindow(view.top, view.height, rowHeight, count);
}

/** Scrolls to a row that was chosen by the keyboard. */
function useReveal(scroller: { readonly current: HTMLDivElement | null }, rowHeight: number, head: number): void {
  useEffect(() => {
    const page = scroller.current?.closest('.worklist');
    const reveal = (event: Event) => {
      const element = scroller.current;
      const index: unknown = event instanceof CustomEvent ? event.detail : undefined;
      if (element !== null && typeof index === 'number') {
        element.scrollTop = scrollFor(index, rowHeight, element.scrollTop, element.clientHeight, head) ?? element.scrollTop;
      }
    };
    page?.addEventListener('reveal', reveal);
    return () => page?.removeEventListener('reveal', reveal);
  }, [rowHeight, head]);
}

/** Another list begins at its top. */
function useNewList(scroller: { readonly current: HTMLDivElement | null }): void {
  const { worklist } = useApp();
  const filters = worklist.filters.value;
  useLayoutEffect(() => {
    if (scroller.current !== null) {
      scroller.current.scrollTop = worklist.scrollTop.value;
    }
  }, [filters]);
}
