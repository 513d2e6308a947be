import { PanelRight } from 'lucide-preact';
import type { VNode } from 'preact';
import type { Study } from '../api/studies.ts';
import { useApp } from '../app/context.ts';
import { isPlainPress } from '../app/link.tsx';
import { studyUrl } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import type { Column } from './columns.tsx';
import { rowId } from './row-id.ts';

export interface StudyRowProps {
  readonly study: Study;
  readonly columns: readonly Column[];
  /** Counted from 1, with the head. */
  readonly position: number;
  readonly selected: boolean;
  readonly fresh: boolean;
  readonly onPreview: (studyInstanceUid: string) => void;
}

/** One study; a press anywhere on it opens it. */
export function StudyRow({ study, columns, position, selected, fresh, onPreview }: StudyRowProps): VNode {
  const app = useApp();
  const { studyInstanceUid } = study;
  const open = (event: MouseEvent) => {
    if (isPlainPress(event) && getSelection()?.isCollapsed !== false) {
      app.worklist.selected.value = studyInstanceUid;
      app.navigator.go(studyUrl(studyInstanceUid));
    }
  };
  const preview = (event: MouseEvent) => {
    event.stopPropagation();
    onPreview(studyInstanceUid);
  };
  return (
    <tr
      id={rowId(studyInstanceUid)}
      class={`study${fresh ? ' study-fresh' : ''}`}
      aria-rowindex={position}
      aria-selected={selected}
      onClick={open}
    >
      {columns.map(({ key, cell, tip }) => (
        <td key={key} class={`col-${key}`} title={tip?.(study) || undefined}>
          {cell(study, app, fresh)}
        </td>
      ))}
      <td class="col-preview">
        <button
          type="button"
          class="button button-quiet button-icon"
          title={t('worklist.preview')}
          aria-label={t('worklist.preview')}
          onClick={preview}
        >
          <PanelRight size={18} aria-hidden="true" />
        </button>
      </td>
    </tr>
  );
}
