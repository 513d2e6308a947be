import { Search, X } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { studyUrl } from '../app/route.ts';
import { IconButton } from '../design/button.tsx';
import { t } from '../i18n/index.ts';
import { type Filters, writeFilters } from './filters.ts';
import { rowId } from './row-id.ts';

/** A pause in typing after which is searched. */
const TYPING_MS = 180;

/** Search as one types. A scanner that types a number and Enter opens the study at once. */
export function SearchField({ filters }: { readonly filters: Filters }): VNode {
  const { navigator, worklist } = useApp();
  const [text, setText] = useState(filters.q);
  const asked = useRef(filters.q);
  const opening = useOpenSingle(asked);
  // Another address, as by the back button: the field follows.
  useEffect(() => {
    if (filters.q !== asked.current) {
      asked.current = filters.q;
      setText(filters.q);
    }
  }, [filters.q]);
  const ask = (q: string) => {
    asked.current = q.trim();
    navigator.replace(writeFilters({ ...worklist.filters.value, q: q.trim() }));
  };
  useEffect(() => {
    if (text.trim() === asked.current) {
      return undefined;
    }
    const timer = setTimeout(() => ask(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const keyed = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      if (text.trim() !== asked.current) {
        ask(text);
      }
      opening.request();
    } else if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      setText('');
    } else if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') {
      opening.cancel();
    }
  };
  const selected = worklist.selected.value;
  return (
    <search class="worklist-search">
      <span class="input-with-icon">
        <Search size={18} aria-hidden="true" />
        <input
          type="search"
          class="input"
          aria-label={t('worklist.searchLabel')}
          aria-activedescendant={selected === undefined ? undefined : rowId(selected)}
          placeholder={t('worklist.searchHint')}
          autoComplete="off"
          spellcheck={false}
          enterkeyhint="search"
          maxLength={200}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={keyed}
        />
        <span class="input-end">
          {text === '' ? (
            <kbd class="search-key">/</kbd>
          ) : (
            <IconButton small icon={X} label={t('common.clear')} onClick={() => setText('')} />
          )}
        </span>
      </span>
    </search>
  );
}

/** After Enter: opens the selected study, or the only one found once the answer is there. */
function useOpenSingle(asked: { readonly current: string }): { request(): void; cancel(): void } {
  const { navigator, worklist } = useApp();
  const [wanted, setWanted] = useState(false);
  const { q } = worklist.filters.value;
  const settled = worklist.phase.value === 'ready';
  useEffect(() => {
    // NOTE: the list may still be that of an earlier question, as when a scanner types faster than the page draws. Opening
    // from it would open another patient.
    if (!wanted || !settled || q !== asked.current) {
      return;
    }
    setWanted(false);
    const studies = worklist.studies.value;
    const open = worklist.selected.value ?? (studies.length === 1 ? studies[0]?.studyInstanceUid : undefined);
    if (open === undefined) {
      worklist.selected.value = studies[0]?.studyInstanceUid;
    } else {
      navigator.go(studyUrl(open));
    }
  }, [wanted, settled, q]);
  return { request: () => setWanted(true), cancel: () => setWanted(false) };
}
