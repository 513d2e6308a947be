import { useEffect, useState } from 'preact/hooks';
import { type App, useApp } from '../app/context.ts';
import { helpOpen } from '../app/help.ts';
import { studyUrl } from '../app/route.ts';

export interface PreviewControl {
  readonly open: boolean;
  show(studyInstanceUid: string): void;
  hide(): void;
}

interface Keys {
  readonly app: App;
  readonly page: HTMLElement;
  readonly preview: PreviewControl;
  toggle(): void;
}

/** The keyboard of the study list. Keys that a field or a button needs are left to it. */
export function useListKeys(page: { readonly current: HTMLElement | null }): PreviewControl {
  const app = useApp();
  const [open, setOpen] = useState(false);
  const preview: PreviewControl = {
    open,
    show: (uid) => {
      const same = open && app.worklist.selected.value === uid;
      app.worklist.selected.value = uid;
      setOpen(!same);
    },
    hide: () => setOpen(false),
  };
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (page.current !== null && document.querySelector('dialog[open]') === null && page.current.closest('[inert]') === null) {
        handle(event, { app, page: page.current, preview, toggle: () => setOpen(!open) });
      }
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });
  return preview;
}

function handle(event: KeyboardEvent, keys: Keys): void {
  const target = event.target instanceof HTMLElement ? event.target : undefined;
  const search = keys.page.querySelector<HTMLInputElement>('input[type="search"]');
  if ((event.key === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !isTyping(target))) {
    event.preventDefault();
    search?.focus();
    search?.select();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) {
    return;
  }
  const inSearch = target !== undefined && target === search;
  if ((!isTyping(target) || inSearch) && act(event.key, keys, inSearch, target)) {
    event.preventDefault();
  }
}

/** True when the key was used. */
function act(key: string, keys: Keys, inSearch: boolean, target: HTMLElement | undefined): boolean {
  const { worklist, navigator } = keys.app;
  // A press of Enter or Space on a button or link outside the rows, or on a button within one, is for that.
  const onControl = target?.closest('button, summary') != null || (target?.closest('a') != null && target.closest('tr') === null);
  const selected = worklist.selected.value;
  switch (key) {
    case 'ArrowDown':
    case 'ArrowUp':
      return move(keys.app, keys.page, key === 'ArrowDown' ? 1 : -1);
    case 'Enter':
      if (inSearch || onControl || selected === undefined) {
        return false;
      }
      navigator.go(studyUrl(selected));
      return true;
    case ' ':
      if (inSearch || onControl || selected === undefined) {
        return false;
      }
      keys.toggle();
      return true;
    case 'Escape':
      // The preview closes first; with the next press the search field empties itself.
      keys.preview.hide();
      return keys.preview.open;
    case '?':
      helpOpen.value = !inSearch;
      return !inSearch;
    default:
      return false;
  }
}

function move({ worklist }: App, page: HTMLElement, step: 1 | -1): boolean {
  const studies = worklist.studies.value;
  const at = studies.findIndex((study) => study.studyInstanceUid === worklist.selected.value);
  const to = at < 0 ? 0 : Math.min(studies.length - 1, Math.max(0, at + step));
  const uid = studies[to]?.studyInstanceUid;
  if (uid === undefined) {
    return false;
  }
  worklist.selected.value = uid;
  page.dispatchEvent(new CustomEvent('reveal', { detail: to }));
  return true;
}

function isTyping(target: HTMLElement | undefined): boolean {
  return target !== undefined && target.closest('input, textarea, select, [contenteditable="true"]') !== null;
}
