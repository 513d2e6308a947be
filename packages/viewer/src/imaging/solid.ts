import type { ReadonlySignal } from '@preact/signals';
import type { Crop } from './model/crop.ts';
import type { Side } from './model/gaze.ts';
import type { SolidPreset } from './model/solid-look.ts';
import type { GreyScale } from './model/windows.ts';
import type { PaneView } from './mpr.ts';

/** What the pane of a solid needs to know of the page. */
export interface SolidHost {
  readonly preset: ReadonlySignal<SolidPreset>;
  readonly crop: ReadonlySignal<Crop>;
  readonly grey: ReadonlySignal<GreyScale | undefined>;
}

/** A volume seen from outside, without perspective: what is as large is drawn as large. */
export interface SolidPane extends Disposable {
  readonly view: ReadonlySignal<PaneView | undefined>;
  look(side: Side): void;
  /** By degrees, as a hand turns a ball. */
  turn(right: number, upwards: number): void;
  /** By pixels of the screen. */
  move(dx: number, dy: number): void;
  zoom(factor: number): void;
  /** From the front, all of it in view. */
  reset(): void;
  /** Coarser while it is being turned, so that it follows the hand. */
  hurry(moving: boolean): void;
}
