import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { useMedia } from '../design/media.ts';
import { FilterBar } from './filter-bar.tsx';
import { readFilters } from './filters.ts';
import { useListKeys } from './list-keys.ts';
import { Preview } from './preview.tsx';
import { StatusLine } from './status-line.tsx';
import { StudyTable } from './study-table.tsx';

/** The study list with its filters and the preview beside it. */
export function WorklistPage({ search }: { readonly search: string }): VNode {
  const { worklist, session } = useApp();
  const page = useRef<HTMLDivElement>(null);
  const epoch = session.epoch.value;
  useEffect(() => worklist.show(readFilters(search)), [search, epoch]);
  const preview = useListKeys(page);
  const wide = useMedia('(min-width: 1100px)');
  const selected = worklist.studies.value.find((study) => study.studyInstanceUid === worklist.selected.value);
  const shown = preview.open && selected !== undefined;
  // What lies over the page, such as the progress of an upload, keeps out of the preview's way.
  useEffect(() => {
    document.body.classList.toggle('beside-preview', shown && wide);
    return () => document.body.classList.remove('beside-preview');
  }, [shown, wide]);
  return (
    <div class={shown && wide ? 'worklist worklist-with-preview' : 'worklist'} ref={page}>
      <FilterBar filters={worklist.filters.value} />
      <StatusLine />
      <StudyTable onPreview={preview.show} />
      {shown && <Preview key={selected.studyInstanceUid} study={selected} wide={wide} onClose={preview.hide} />}
    </div>
  );
}
