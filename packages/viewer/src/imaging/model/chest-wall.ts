import { type DataSet, firstText, TAG } from '@filmless/dicom';
import { fitScale, type Stage, type View } from './view.ts';

export type PaneEdge = 'left' | 'right';

/**
 * At which edge of a mammogram's matrix the chest wall lies: rows that run to the front begin at it. Without an orientation
 * a right breast is taken to have it at the right, as it is made for presentation. PS3.3 C.8.11.7.1, C.7.6.1.1.1.
 */
export function chestWall(dataSet: DataSet): PaneEdge | undefined {
  const row = firstText(dataSet, TAG.PatientOrientation) ?? '';
  if (row.startsWith('A') || row.startsWith('P')) {
    return row.startsWith('A') ? 'left' : 'right';
  }
  const side = firstText(dataSet, TAG.ImageLaterality);
  return side === 'R' ? 'right' : side === 'L' ? 'left' : undefined;
}

/** The picture with its chest wall at an edge of the pane, mirrored where it lies at the other; the letters follow. */
export function wallAt(view: View, stage: Stage, wall: PaneEdge, edge: PaneEdge): View {
  const mirrored = wall !== edge;
  const straight: View = { ...view, turns: 0, mirrored };
  const width = stage.columns * stage.spacing.x * fitScale(straight, stage) * straight.zoom;
  const share = stage.width / 2 / width - 0.5;
  const shift = edge === 'left' ? share : -share;
  return { ...straight, center: { x: mirrored ? -shift : shift, y: view.center.y } };
}
