import { Search, X } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../design/button.tsx';
import { t } from '../i18n/index.ts';

const TYPING_MS = 300;

/** The search field of the list of orders; Enter, as a barcode scanner ends with, asks at once. */
export function OrderSearch({ q, onSearch }: { readonly q: string; readonly onSearch: (q: string) => void }): VNode {
  const [text, setText] = useState(q);
  const asked = useRef(q);
  // Another address, as by the back button: the field follows.
  useEffect(() => {
    if (q !== asked.current) {
      asked.current = q;
      setText(q);
    }
  }, [q]);
  const ask = () => {
    if (text.trim() !== asked.current) {
      asked.current = text.trim();
      onSearch(text.trim());
    }
  };
  useEffect(() => {
    const timer = setTimeout(ask, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const keyed = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      ask();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      setText('');
    }
  };
  return (
    <search class="worklist-search">
      <span class="input-with-icon">
        <Search size={18} aria-hidden="true" />
        <input
          type="search"
          class="input"
          aria-label={t('orders.searchLabel')}
          placeholder={t('orders.searchHint')}
          autoComplete="off"
          spellcheck={false}
          enterkeyhint="search"
          maxLength={64}
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
