import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Point } from './model/geometry.ts';
import type { ImageFrame } from './model/image-frame.ts';
import type { Measurement, MeasureTool } from './model/measurements.ts';
import type { Picture } from './model/pixels.ts';

/** What dragging does to a picture. */
export type DragTool = 'window' | 'pan' | 'zoom' | 'scroll';
/** They work on the panes of a volume only. */
export type VolumeTool = 'crosshair' | 'probe';
export type Tool = DragTool | MeasureTool | VolumeTool;

/** Where finished measurements are kept; what the tools draw is a mirror of it. */
export interface Marks {
  readonly all: ReadonlySignal<readonly Measurement[]>;
  readonly selected: Signal<string | undefined>;
  /** Adds a measurement, or replaces that of the same id. */
  put(measurement: Measurement): void;
  remove(id: string): void;
}

/** What the tools need to know of the page. */
export interface ToolHost {
  readonly marks: Marks;
  /** Of the left button, and of one finger. */
  readonly tool: ReadonlySignal<Tool>;
  readonly middleTool: ReadonlySignal<DragTool>;
  /** The words beside a measurement; `picture` is missing while its frame loads. */
  readonly lines: (
    measurement: Pick<Measurement, 'tool' | 'points'>,
    frame: ImageFrame,
    picture: Picture | undefined,
  ) => readonly string[];
}

/** What tools do to the viewport they are used on. */
export interface Gestures {
  /** A drag by screen pixels. */
  readonly drag: (tool: DragTool, dx: number, dy: number) => void;
  /** The camera was moved: the image point in the middle as in `View`, and the zoom. */
  readonly look: (center: Point, zoom: number) => void;
}
