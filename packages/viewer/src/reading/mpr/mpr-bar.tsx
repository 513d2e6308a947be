import { Eraser, Layers2, Undo2, X } from 'lucide-preact';
import type { VNode } from 'preact';
import { Button, IconButton } from '../../design/button.tsx';
import { t } from '../../i18n/index.ts';
import { isReduced } from '../../imaging/model/volume-plan.ts';
import type { MprPanes, SlabMode } from '../../imaging/mpr.ts';
import type { VolumeTool } from '../../imaging/tools.ts';
import type { Volume } from '../../imaging/volume.ts';
import { actionTip } from '../action-tip.ts';
import { ACTIONS } from '../actions.ts';
import type { ReadingModel } from '../reading-model.ts';

const MODES: readonly SlabMode[] = ['mip', 'minip', 'average'];
const THICKEST = 100;

/** What belongs to the planes and not to stacks: crosshairs, slab, and the way back. */
export function MprBar({ model, volume }: { readonly model: ReadingModel; readonly volume: Volume }): VNode {
  const { mpr } = model;
  const { panes } = mpr;
  return (
    <div class="mpr-bar" role="toolbar" aria-label={t('mpr.bar')}>
      <ToolButton model={model} tool="crosshair" />
      <ToolButton model={model} tool="probe" />
      <ToolButton model={model} tool="solid" />
      <SlabControls model={model} />
      <IconButton icon={Undo2} label={t('mpr.reset')} data-action="mpr-reset" onClick={() => panes.value?.reset()} />
      <IconButton
        icon={Eraser}
        label={t('mpr.removeMarks')}
        data-action="mpr-remove-marks"
        disabled={countMarks(panes.value) === 0}
        onClick={() => panes.value?.removeMarks()}
      />
      {isReduced(volume.plan) && <Reduced volume={volume} />}
      <span class="grow" />
      <Button small icon={X} data-action="mpr-leave" onClick={() => mpr.close()}>
        {t('mpr.leave')}
      </Button>
    </div>
  );
}

function ToolButton({ model, tool }: { readonly model: ReadingModel; readonly tool: VolumeTool | 'solid' }): VNode | null {
  const action = ACTIONS.find(({ id }) => id === tool);
  return action?.icon === undefined ? null : (
    <IconButton
      icon={action.icon}
      label={actionTip(action, model)}
      aria-pressed={action.isOn?.(model)}
      data-action={tool}
      onClick={() => action.run(model)}
    />
  );
}

function countMarks(panes: MprPanes | undefined): number {
  return panes === undefined ? 0 : panes.lengths.value.length + panes.probes.value.length;
}

function SlabControls({ model: { mpr } }: { readonly model: ReadingModel }): VNode {
  const { value: slab } = mpr.slab;
  return (
    <>
      <label class="mpr-slab">
        <Layers2 size={18} aria-hidden="true" />
        <span class="mpr-slab-word">{t('mpr.slab')}</span>
        <input
          type="range"
          min={0}
          max={THICKEST}
          step={1}
          value={slab.thickness}
          data-control="slab"
          onInput={(event) => {
            mpr.slab.value = { ...slab, thickness: Number(event.currentTarget.value) };
          }}
        />
        <span class="numeric mpr-slab-value">
          {slab.thickness === 0 ? t('mpr.slabOff') : t('mpr.slabMm', { thickness: slab.thickness })}
        </span>
      </label>
      <select
        aria-label={t('mpr.slabMode')}
        data-control="slab-mode"
        value={slab.mode}
        onChange={(event) => {
          const mode = MODES.find((one) => one === event.currentTarget.value) ?? 'mip';
          mpr.slab.value = { ...slab, mode };
        }}
      >
        {MODES.map((mode) => (
          <option key={mode} value={mode}>
            {t(`mpr.${mode}`)}
          </option>
        ))}
      </select>
    </>
  );
}

const VOXEL_BYTES = 6;

function Reduced({ volume: { geometry, plan } }: { readonly volume: Volume }): VNode {
  const [x, y, z] = geometry.dimensions;
  const megabytes = Math.round((x * y * z * VOXEL_BYTES) / 2 ** 20);
  return (
    <span class="mpr-reduced" title={t('mpr.reducedWhy', { full: geometry.dimensions.join(' × '), megabytes })}>
      {t('mpr.reduced', { dimensions: plan.dimensions.join(' × ') })}
    </span>
  );
}
