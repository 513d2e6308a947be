import { type DataSet, firstNumber, firstText, numbers } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import { type BulkReader, readBytes } from '../image/lookup-table.ts';
import { readLayers } from './layers.ts';
import type { Overlay } from './model.ts';
import { STATE } from './tags.ts';

/** Repeating groups 6000 to 601E. PS3.5 7.6. */
const GROUPS = Array.from({ length: 16 }, (_, index) => (0x6000 + 2 * index).toString(16).toUpperCase());
/** Rows x columns of one plane. */
const MOST_OVERLAY_PIXELS = 100_000_000;

/** What holds planes: the state, or the image. */
export interface OverlaySource {
  readonly header: DataSet;
  readonly bulk: BulkReader | undefined;
}

/**
 * The planes a state shows: its own, and those of the image that it activates. One that it uses as a shutter hides, and is not drawn.
 * PS3.3 C.11.7, C.9.2.
 */
export async function readOverlays(state: OverlaySource, image: OverlaySource): Promise<readonly Overlay[]> {
  const layerOf = readLayers(state.header);
  const shutter = firstNumber(state.header, STATE.ShutterOverlayGroup);
  const found: { readonly order: number; readonly overlay: Overlay }[] = [];
  for (const group of GROUPS) {
    const name = firstText(state.header, `${group}1001`);
    if (name !== undefined && Number.parseInt(group, 16) !== shutter) {
      const layer = layerOf(name);
      const source = state.header[`${group}3000`] === undefined ? image : state;
      const overlay = await readPlane(source, group);
      found.push(...(overlay === undefined ? [] : [{ order: layer.order, overlay: { ...overlay, colour: layer.colour } }]));
    }
  }
  return found.toSorted((a, b) => a.order - b.order).map(({ overlay }) => overlay);
}

/** @throws ArchiveError `cannot-decode` for measures without the bits */
async function readPlane({ header, bulk }: OverlaySource, group: string): Promise<Omit<Overlay, 'colour'> | undefined> {
  const rows = firstNumber(header, `${group}0010`) ?? 0;
  const columns = firstNumber(header, `${group}0011`) ?? 0;
  const data = header[`${group}3000`];
  const bit = firstNumber(header, `${group}0102`) ?? 0;
  if ((data === undefined && (bit < 1 || bit > 15)) || rows < 1 || columns < 1) {
    return undefined;
  }
  const [top = 1, left = 1] = numbers(header, `${group}0050`);
  if (data === undefined) {
    return { rows, columns, left: left - 1, top: top - 1, bits: { ofCells: bit } };
  }
  const bits = await readBytes(data, bulk);
  if (rows * columns > MOST_OVERLAY_PIXELS || bits.length * 8 < rows * columns) {
    throw new ArchiveError('cannot-decode', `An overlay of ${columns} x ${rows} pixels has ${bits.length} bytes.`);
  }
  return { rows, columns, left: left - 1, top: top - 1, bits };
}
