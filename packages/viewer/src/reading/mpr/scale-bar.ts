/** Lengths one reads at a glance, in mm. */
const LENGTHS: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200];

/** The longest of them that takes no more than a quarter of the width. */
export function scaleBar(mmPerPixel: number, width: number): { readonly mm: number; readonly pixels: number } {
  const room = Math.max(width / 4, 40) * mmPerPixel;
  const mm = LENGTHS.findLast((length) => length <= room) ?? 1;
  return { mm, pixels: mm / mmPerPixel };
}
