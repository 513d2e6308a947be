/** Whole numbers as they stand in cells: `bits` of them from bit `shift` on, with a sign or without. */
export interface CellForm {
  readonly bits: number;
  readonly shift: number;
  readonly signed: boolean;
}

export interface Shading {
  /** The shade of a stored value, 0 to 255. */
  readonly shade: (value: number) => number;
  /** Greater values are all lighter, or all darker, or as light. */
  readonly monotone: boolean;
  /** Stored values that are no part of the image: black. */
  readonly padding: { readonly from: number; readonly to: number } | undefined;
}

/** The shades of all cells of `cellBits`, 8 or 16, of which the form takes no more than there are. */
export function shadeTable(cellBits: number, { bits, shift, signed }: CellForm, shading: Shading): Uint8Array {
  const count = 2 ** bits;
  const least = signed ? -count / 2 : 0;
  const ofValues = shadesFrom(least, count, shading);
  const table = new Uint8Array(2 ** cellBits);
  if (shift > 0) {
    for (let cell = 0; cell < table.length; cell += 1) {
      table[cell] = ofValues[((cell >> shift) & (count - 1)) ^ -least] ?? 0;
    }
    return table;
  }
  table.set(ofValues.subarray(-least));
  table.set(ofValues.subarray(0, -least), count + least);
  for (let filled = count; filled < table.length; filled *= 2) {
    table.copyWithin(filled, 0, filled);
  }
  return table;
}

function shadesFrom(least: number, count: number, { shade, monotone, padding }: Shading): Uint8Array {
  const shades = new Uint8Array(count);
  if (monotone) {
    shades[0] = shade(least);
    shades[count - 1] = shade(least + count - 1);
    divide(shades, least, shade, 0, count - 1);
  } else {
    for (let at = 0; at < count; at += 1) {
      shades[at] = shade(least + at);
    }
  }
  if (padding !== undefined && padding.to >= least) {
    shades.fill(0, Math.max(0, Math.ceil(padding.from) - least), Math.floor(padding.to) - least + 1);
  }
  return shades;
}

/** NOTE: a window has 256 shades, and most of 65,536 values lie outside of it: what lies between two of the same shade has it, too. */
function divide(shades: Uint8Array, least: number, shade: (value: number) => number, from: number, to: number): void {
  const [first, last] = [shades[from] ?? 0, shades[to] ?? 0];
  if (first === last) {
    shades.fill(first, from, to);
  } else if (to - from > 1) {
    const middle = (from + to) >> 1;
    shades[middle] = shade(least + middle);
    divide(shades, least, shade, from, middle);
    divide(shades, least, shade, middle, to);
  }
}
