import type { Picture } from '../imaging/model/pixels.ts';
import { type PresetName, presetsFor } from '../imaging/model/presets.ts';
import { valueUnit } from '../imaging/model/value-unit.ts';
import { fullRange, type GreyScale, tableWindow, type Window } from '../imaging/model/windows.ts';

/** What the menu of windows offers for an image. */
export interface GreyChoice {
  readonly name:
    | { readonly kind: 'default' }
    | { readonly kind: 'full' }
    | { readonly kind: 'preset'; readonly preset: PresetName }
    /** With the file's own explanation, or its number from 1. */
    | { readonly kind: 'file' | 'table'; readonly explanation: string | undefined; readonly number: number };
  /** Undefined goes back to the default of each image. */
  readonly grey: GreyScale | undefined;
}

/** For CT that brings no window: the full range of air to metal shows no organ. */
const SOFT_TISSUE: Window = { center: 40, width: 400, shape: 'linear' };

/** Colours are drawn as they are: 0 is dark, 255 is bright. */
const COLOUR: GreyScale = { window: fullRange(0, 255) };

/** The first window of the file, else its first table, else everything there is. PS3.3 C.11.2.1. */
export function defaultGrey(picture: Picture): GreyScale {
  if (picture.colour) {
    return COLOUR;
  }
  const [table] = picture.frame.voiLuts;
  const [window] = picture.frame.windows;
  if (window !== undefined) {
    return { window };
  }
  if (table !== undefined) {
    return { window: tableWindow(table), table };
  }
  return valueUnit(picture.frame.dataSet) === 'HU' ? { window: SOFT_TISSUE } : { window: everything(picture) };
}

function everything({ low, high, values }: Picture): Window {
  return fullRange(low, high, !(values instanceof Float32Array));
}

/** In the order of the keys 1 to 9. */
export function greyChoices(picture: Picture | undefined): readonly GreyChoice[] {
  if (picture === undefined) {
    return [];
  }
  const presets = picture.colour ? [] : presetsFor(valueUnit(picture.frame.dataSet));
  const full: GreyChoice = {
    name: { kind: 'full' },
    grey: picture.colour ? COLOUR : { window: everything(picture) },
  };
  const fixed: readonly GreyChoice[] =
    presets.length > 0
      ? presets.map((preset) => ({ name: { kind: 'preset', preset: preset.name }, grey: { window: preset } }))
      : [full];
  return [
    { name: { kind: 'default' }, grey: undefined },
    ...fixed,
    ...(presets.length > 0 ? [full] : []),
    ...fileChoices(picture),
  ];
}

function fileChoices({ colour, frame }: Picture): readonly GreyChoice[] {
  if (colour) {
    return [];
  }
  // The first one is the default already, and some scanners write it twice.
  const [first] = frame.windows;
  const windows = frame.windows.filter(({ center, width }) => center !== first?.center || width !== first.width);
  return [
    ...windows.map(
      (window, index): GreyChoice => ({
        name: { kind: 'file', explanation: window.explanation, number: index + 2 },
        grey: { window },
      }),
    ),
    ...frame.voiLuts.map(
      (table, index): GreyChoice => ({
        name: { kind: 'table', explanation: table.explanation, number: index + 1 },
        grey: { window: tableWindow(table), table },
      }),
    ),
  ];
}
