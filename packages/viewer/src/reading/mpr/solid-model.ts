import { batch, type Signal, signal } from '@preact/signals';
import { type Crop, UNCROPPED } from '../../imaging/model/crop.ts';
import { presetsOf, type SolidPreset } from '../../imaging/model/solid-look.ts';
import type { SolidPane } from '../../imaging/solid.ts';

/** The volume seen from outside, beside its planes. */
export interface Solid {
  readonly isOpen: Signal<boolean>;
  readonly preset: Signal<SolidPreset>;
  readonly crop: Signal<Crop>;
  readonly pane: Signal<SolidPane | undefined>;
  /** As a volume of this unit is first shown. */
  start(unit: string): void;
}

export function createSolid(): Solid {
  const isOpen = signal(false);
  const preset = signal<SolidPreset>('mip');
  const crop = signal<Crop>(UNCROPPED);
  const pane = signal<SolidPane | undefined>(undefined);
  return {
    isOpen,
    preset,
    crop,
    pane,
    start: (unit) =>
      batch(() => {
        isOpen.value = false;
        [preset.value] = presetsOf(unit);
        crop.value = UNCROPPED;
      }),
  };
}
