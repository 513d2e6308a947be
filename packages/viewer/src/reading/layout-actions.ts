import type { Action } from './action.ts';
import { LAYOUTS } from './layouts.ts';

/** One action for each layout, with Shift and its number in the list. */
export const LAYOUT_ACTIONS: readonly Action[] = LAYOUTS.slice(0, 9).map((layout, index) => ({
  id: `layout${layout.rows}x${layout.columns}`,
  group: 'page',
  label: 'reading.layoutOf',
  parameters: { rows: layout.rows, columns: layout.columns },
  keys: [`Shift+${index + 1}`],
  run: (model) => model.setLayout(layout),
  isOn: (model) => model.layout.value.rows === layout.rows && model.layout.value.columns === layout.columns,
}));
