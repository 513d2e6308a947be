import { useSignal } from '@preact/signals';
import {
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  Crop as CropIcon,
  type LucideIcon,
  Undo2,
  ZoomIn,
  ZoomOut,
} from 'lucide-preact';
import type { VNode } from 'preact';
import { IconButton } from '../../design/button.tsx';
import { t } from '../../i18n/index.ts';
import { CROP_AXES, type CropAxis, croppedTo, isCropped, UNCROPPED } from '../../imaging/model/crop.ts';
import { SIDES } from '../../imaging/model/gaze.ts';
import { presetsOf } from '../../imaging/model/solid-look.ts';
import type { Solid } from './solid-model.ts';

/** Degrees of a press: who cannot drag turns by buttons. */
const PRESS = 15;

const TURNS: readonly (readonly ['turnLeft' | 'turnRight' | 'turnUp' | 'turnDown', LucideIcon, number, number])[] = [
  ['turnLeft', ArrowLeft, -PRESS, 0],
  ['turnRight', ArrowRight, PRESS, 0],
  ['turnUp', ArrowUp, 0, PRESS],
  ['turnDown', ArrowDown, 0, -PRESS],
];

export interface SolidBarProps {
  readonly solid: Solid;
  /** Of the values: it decides what they can be seen by. */
  readonly unit: string;
}

export function SolidBar({ solid, unit }: SolidBarProps): VNode {
  const { preset, crop, pane } = solid;
  const cropping = useSignal(false);
  const presets = presetsOf(unit);
  return (
    <>
      <div class="mpr-bar solid-bar" role="toolbar" aria-label={t('solid.bar')}>
        <select
          aria-label={t('solid.preset')}
          data-control="solid-preset"
          value={preset.value}
          onChange={(event) => {
            preset.value = presets.find((one) => one === event.currentTarget.value) ?? presets[0];
          }}
        >
          {presets.map((one) => (
            <option key={one} value={one}>
              {t(`solid.${one}`)}
            </option>
          ))}
        </select>
        <SideMenu solid={solid} />
        {TURNS.map(([name, icon, right, upwards]) => (
          <IconButton key={name} small icon={icon} label={t(`solid.${name}`)} onClick={() => pane.value?.turn(right, upwards)} />
        ))}
        <IconButton small icon={ZoomIn} label={t('solid.zoomIn')} onClick={() => pane.value?.zoom(1.25)} />
        <IconButton small icon={ZoomOut} label={t('solid.zoomOut')} onClick={() => pane.value?.zoom(0.8)} />
        <IconButton
          small
          icon={CropIcon}
          label={t('solid.crop')}
          aria-expanded={cropping.value}
          aria-pressed={isCropped(crop.value)}
          data-control="solid-crop"
          onClick={() => {
            cropping.value = !cropping.value;
          }}
        />
        <IconButton small icon={Undo2} label={t('solid.reset')} data-control="solid-reset" onClick={() => reset(solid)} />
      </div>
      {cropping.value && (
        <div class="solid-crop">
          {CROP_AXES.map((axis) => (
            <CropRow key={axis} solid={solid} axis={axis} />
          ))}
        </div>
      )}
    </>
  );
}

function reset({ crop, pane }: Solid): void {
  crop.value = UNCROPPED;
  pane.value?.reset();
}

/** A choice that is an act: it names no state, for the hand may have turned it since. */
function SideMenu({ solid: { pane } }: { readonly solid: Solid }): VNode {
  return (
    <select
      aria-label={t('solid.side')}
      data-control="solid-side"
      value=""
      onChange={(event) => {
        const side = SIDES.find((one) => one === event.currentTarget.value);
        if (side !== undefined) {
          pane.value?.look(side);
        }
        event.currentTarget.value = '';
      }}
    >
      <option value="" disabled hidden>
        {t('solid.side')}
      </option>
      {SIDES.map((side) => (
        <option key={side} value={side}>
          {t(`solid.${side}`)}
        </option>
      ))}
    </select>
  );
}

function CropRow({ solid: { crop }, axis }: { readonly solid: Solid; readonly axis: CropAxis }): VNode {
  const span = crop.value[axis];
  return (
    <fieldset class="solid-crop-row" aria-label={t(`solid.${axis}Axis`)}>
      <span>{t(`solid.${axis}Axis`)}</span>
      {(['from', 'to'] as const).map((end) => (
        <input
          key={end}
          type="range"
          min={0}
          max={100}
          value={Math.round(span[end] * 100)}
          aria-label={t(`solid.${axis}${end === 'from' ? 'From' : 'To'}`)}
          data-control={`solid-crop-${axis}-${end}`}
          onInput={(event) => {
            crop.value = croppedTo(crop.value, axis, end, Number(event.currentTarget.value) / 100);
          }}
        />
      ))}
    </fieldset>
  );
}
