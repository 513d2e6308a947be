import type { ReadonlySignal } from '@preact/signals';
import type { EdgeDirections } from './model/edge-directions.ts';
import type { Vector3 } from './model/geometry.ts';
import type { GreyScale } from './model/windows.ts';
import type { SolidHost, SolidPane } from './solid.ts';
import type { DragTool, Tool } from './tools.ts';

/** The panes of a reformatted volume, named for how they lie until somebody turns them. */
export type MprAxis = 'axial' | 'sagittal' | 'coronal';

export const MPR_AXES: readonly MprAxis[] = ['axial', 'sagittal', 'coronal'];

/** How the voxels of a slab become one value. */
export type SlabMode = 'mip' | 'minip' | 'average';

export interface Slab {
  readonly mode: SlabMode;
  /** In mm; 0 is a plane without thickness. */
  readonly thickness: number;
}

/** How a pane looks at the volume. */
export interface PaneView {
  readonly directions: EdgeDirections;
  /** One pixel of the screen (CSS), in mm. */
  readonly mmPerPixel: number;
}

/** A length drawn on a pane. */
export interface MprLength {
  readonly id: string;
  readonly mm: number;
}

/** A point whose value was asked for. */
export interface MprProbe {
  readonly id: string;
  /** Of the voxel there, or of the slab through it; undefined beside the volume. */
  readonly value: number | undefined;
}

/** What the panes need to know of the page. */
export interface MprHost {
  readonly tool: ReadonlySignal<Tool>;
  readonly middleTool: ReadonlySignal<DragTool>;
  readonly grey: ReadonlySignal<GreyScale | undefined>;
  readonly inverted: ReadonlySignal<boolean>;
  readonly slab: ReadonlySignal<Slab>;
  /** A drag that the page carries out: window and scroll. */
  readonly drag: (axis: MprAxis, tool: DragTool, dx: number, dy: number) => void;
  readonly lengthWords: (mm: number) => string;
  readonly valueWords: (value: number | undefined) => string;
  /** The graphics card dropped out. */
  readonly onLost: () => void;
}

/** Three panes on one volume, with crosshairs. */
export interface MprPanes extends Disposable {
  readonly views: ReadonlySignal<Readonly<Record<MprAxis, PaneView>> | undefined>;
  /** Where the three planes meet, in mm. */
  readonly center: ReadonlySignal<Vector3 | undefined>;
  readonly lengths: ReadonlySignal<readonly MprLength[]>;
  readonly probes: ReadonlySignal<readonly MprProbe[]>;
  scroll(axis: MprAxis, steps: number): void;
  zoom(factor: number): void;
  /** As it was opened: planes, zoom and crosshairs. */
  reset(): void;
  resize(): void;
  /** Lengths and probes. */
  removeMarks(): void;
  cancelDrawing(): boolean;
  /** Shows the volume from outside as well; it goes with the panes at the latest. */
  showSolid(element: HTMLDivElement, host: SolidHost): Promise<SolidPane>;
}
