import { ChevronDown } from 'lucide-preact';
import type { VNode } from 'preact';
import { Menu, MenuItem } from '../design/menu.tsx';
import { t } from '../i18n/index.ts';
import type { FilterProps } from './chip-group.tsx';
import { modalityName } from './words.ts';

const OTHERS: readonly string[] = [
  'NM',
  'PT',
  'ES',
  'RF',
  'PX',
  'IO',
  'BMD',
  'ECG',
  'OP',
  'OPT',
  'IVUS',
  'SM',
  'SR',
  'DOC',
  'OT',
];

/** The rarer kinds of examination, one at a time. */
export function ModalityMenu({ filters, onChange, shown }: FilterProps & { readonly shown: readonly string[] }): VNode {
  const extra = filters.modalities.filter((code) => !shown.includes(code));
  const choose = (code: string) => {
    const kept = filters.modalities.filter((other) => shown.includes(other));
    onChange({ modalities: extra.includes(code) ? kept : [...kept, code] });
  };
  return (
    <Menu
      side="left"
      label={t('worklist.otherModalities')}
      button={(props) => (
        <button type="button" class="chip" aria-pressed={extra.length > 0} {...props}>
          {extra.length === 0 ? t('worklist.otherModalities') : extra.map(modalityName).join(', ')}
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      )}
    >
      {(close) => (
        <>
          {OTHERS.map((code) => (
            <MenuItem
              key={code}
              checked={extra.includes(code)}
              onPress={() => {
                choose(code);
                close();
              }}
            >
              <span class="menu-code">{code}</span>
              {modalityName(code)}
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  );
}
