import { type DataSet, firstText, numbers, TAG, texts } from '@filmless/dicom';
import { type LookupTable, lookUp } from './lookup-table.ts';

type WindowShape = 'linear' | 'linear-exact' | 'sigmoid';

/** A window as doctors name it. PS3.3 C.11.2.1.2. */
export interface Window {
  readonly center: number;
  readonly width: number;
  readonly shape: WindowShape;
}

export interface FileWindow extends Window {
  readonly explanation: string | undefined;
}

/** A mapping to grey: a window, or a table of the file stretched over `window`. */
export interface GreyScale {
  readonly window: Window;
  readonly table?: LookupTable;
}

export function fileWindows(dataSet: DataSet): readonly FileWindow[] {
  const centers = numbers(dataSet, TAG.WindowCenter);
  const widths = numbers(dataSet, TAG.WindowWidth);
  const explanations = texts(dataSet, TAG.WindowCenterWidthExplanation);
  const shape = shapeOf(firstText(dataSet, TAG.VOILUTFunction));
  return centers.flatMap((center, index) => {
    const width = widths[index];
    const usable = width !== undefined && Number.isFinite(center) && Number.isFinite(width) && width > 0;
    return usable ? [{ center, width, shape, explanation: explanations[index] || undefined }] : [];
  });
}

function shapeOf(text: string | undefined): WindowShape {
  return text === 'SIGMOID' ? 'sigmoid' : text === 'LINEAR_EXACT' ? 'linear-exact' : 'linear';
}

/** The window that shows every value from `low` to `high`; whole values count as steps, others as points of a scale. */
export function fullRange(low: number, high: number, whole = true): Window {
  return whole
    ? { center: (low + high + 1) / 2, width: Math.max(high - low + 1, 2), shape: 'linear' }
    : { center: (low + high) / 2, width: Math.max(high - low, 1e-6), shape: 'linear-exact' };
}

/** The window a table of the file covers. */
export function tableWindow(table: LookupTable): Window {
  return fullRange(table.first, table.first + table.values.length - 1);
}

/** The values drawn black and white at the ends of a window. PS3.3 C.11.2.1.2.1 and C.11.2.1.3.2. */
export function windowRange({ center, width, shape }: Window): { readonly low: number; readonly high: number } {
  const half = shape === 'linear-exact' ? width / 2 : Math.max(width - 1, 1e-6) / 2;
  const middle = shape === 'linear-exact' ? center : center - 0.5;
  return { low: middle - half, high: middle + half };
}

/** A drag over the picture: right widens, down brightens less; the step follows the width so that every range is reachable. */
export function draggedWindow(window: Window, dx: number, dy: number, integer: boolean): Window {
  const step = Math.max(window.width, integer ? 16 : 1e-6) / 256;
  const center = window.center + dy * step;
  const width = Math.max(window.width + dx * step, integer ? 1 : 1e-6);
  return { center, width, shape: window.shape };
}

/** Points of the grey curve, in order of value: between them grey runs straight. */
export function greyCurve({ window, table }: GreyScale, inverted: boolean): readonly (readonly [value: number, grey: number])[] {
  const { low, high } = windowRange(window);
  const at = (share: number): number => low + (high - low) * share;
  const points = table === undefined ? windowPoints(window, at) : tablePoints(table, at);
  return points.map(([value, grey]) => [value, inverted ? 1 - grey : grey]);
}

function windowPoints(window: Window, at: (share: number) => number): readonly (readonly [number, number])[] {
  if (window.shape !== 'sigmoid') {
    return [
      [at(0), 0],
      [at(1), 1],
    ];
  }
  // The curve has no ends: twice the width on either side is within 0.04 % of black and white. PS3.3 C.11.2.1.3.1.
  return Array.from({ length: 65 }, (_, index) => {
    const value = window.center + window.width * ((index / 64) * 4 - 2);
    return [value, 1 / (1 + Math.exp((-4 * (value - window.center)) / window.width))];
  });
}

const TABLE_POINTS = 1024;

function tablePoints(table: LookupTable, at: (share: number) => number): readonly (readonly [number, number])[] {
  const count = Math.min(table.values.length, TABLE_POINTS);
  const top = 2 ** Math.min(Math.max(table.bits, 1), 16) - 1;
  return Array.from({ length: count }, (_, index) => {
    const share = count === 1 ? 0 : index / (count - 1);
    const entry = lookUp(table, table.first + share * (table.values.length - 1));
    return [at(share), Math.min(entry / top, 1)];
  });
}
