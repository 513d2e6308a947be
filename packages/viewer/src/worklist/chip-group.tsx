import type { ComponentChildren, VNode } from 'preact';
import { type TextKey, t } from '../i18n/index.ts';
import type { Filters } from './filters.ts';

export interface FilterProps {
  readonly filters: Filters;
  readonly onChange: (part: Partial<Filters>) => void;
}

/** Filters that belong together. */
export function ChipGroup({ label, children }: { readonly label: TextKey; readonly children: ComponentChildren }): VNode {
  return (
    <fieldset class="chips filter-group">
      <legend class="visually-hidden">{t(label)}</legend>
      {children}
    </fieldset>
  );
}
