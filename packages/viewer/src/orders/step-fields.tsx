import { Plus, Trash2 } from 'lucide-preact';
import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import type { Station } from '../api/stations.ts';
import { Button, IconButton } from '../design/button.tsx';
import { SelectField, TextField } from '../design/field.tsx';
import { formatDate, formatTime, parseDay } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { modalityName } from '../worklist/words.ts';
import { ORDER_MODALITIES } from './modalities.ts';
import type { FormPartProps } from './order-dialog.tsx';
import { newStep, parseTime, type StepForm } from './order-form.ts';

export interface StepFieldsProps extends FormPartProps {
  readonly stations: readonly Station[];
}

/** When and at which machine; an order may take several steps. */
export function StepFields({ form, errors, onChange, stations }: StepFieldsProps): VNode {
  const { steps } = form;
  const change = (key: string, part: Partial<StepForm>) =>
    onChange({ steps: steps.map((step) => (step.key === key ? { ...step, ...part } : step)) });
  const add = () => {
    const { modality, station, day, time } = steps.at(-1) ?? newStep(new Date());
    onChange({ steps: [...steps, newStep(new Date(), { modality, station, day, time })] });
  };
  const own = stations.filter(({ facility }) => facility === form.facility);
  return (
    <fieldset class="order-group">
      <legend class="order-section">{t('orders.steps')}</legend>
      {steps.map((step, index) => (
        <StepRow
          key={step.key}
          step={step}
          number={index + 1}
          several={steps.length > 1}
          error={(field) => errors.get(`steps.${index}.${field}`)}
          stations={own}
          onStep={(part) => change(step.key, part)}
          onRemove={() => onChange({ steps: steps.filter(({ key }) => key !== step.key) })}
        />
      ))}
      <Button small icon={Plus} class="order-add-step" onClick={add}>
        {t('orders.addStep')}
      </Button>
    </fieldset>
  );
}

interface StepRowProps {
  readonly step: StepForm;
  readonly number: number;
  readonly several: boolean;
  readonly stations: readonly Station[];
  readonly error: (field: string) => string | undefined;
  readonly onStep: (part: Partial<StepForm>) => void;
  readonly onRemove: () => void;
}

function StepRow({ step, number, several, stations, error, onStep, onRemove }: StepRowProps): VNode {
  // Only where machines are told apart by rooms.
  const rooms = step.room !== '' || stations.some((station) => station.rooms.length > 0);
  return (
    <div class={several ? 'order-step order-step-one' : 'order-step'}>
      {several && (
        <div class="order-step-head">
          <h3>{t('orders.step', { number })}</h3>
          {!step.begun && <IconButton small icon={Trash2} label={t('orders.removeStep', { number })} onClick={onRemove} />}
        </div>
      )}
      <div class="order-grid order-grid-step">
        <Modality step={step} error={error('modality')} onStep={onStep} />
        <StationField step={step} stations={stations} error={error('stationAeTitle')} onStep={onStep} />
        <TextField
          label={t('orders.day')}
          required
          autoComplete="off"
          inputMode="numeric"
          placeholder="01/03/2026"
          error={error('day')}
          value={step.day}
          onText={(day) => onStep({ day })}
          onBlur={() => onStep({ day: formatDate(parseDay(step.day)) || step.day })}
        />
        <TextField
          label={t('orders.time')}
          required
          autoComplete="off"
          inputMode="numeric"
          placeholder="08:30"
          error={error('start')}
          value={step.time}
          onText={(time) => onStep({ time })}
          onBlur={() => onStep({ time: formatTime(parseTime(step.time)) || step.time })}
        />
      </div>
      <div class={rooms ? 'order-grid order-grid-note' : undefined}>
        <TextField
          label={t('orders.stepDescription')}
          autoComplete="off"
          maxLength={64}
          hint={t('orders.stepDescriptionHint')}
          error={error('description')}
          value={step.description}
          onText={(description) => onStep({ description })}
        />
        {rooms && (
          <TextField
            label={t('orders.room')}
            autoComplete="off"
            maxLength={16}
            error={error('room')}
            value={step.room}
            onText={(room) => onStep({ room })}
          />
        )}
      </div>
    </div>
  );
}

type PartProps = Pick<StepRowProps, 'step' | 'onStep'> & { readonly error: string | undefined };

function Modality({ step, error, onStep }: PartProps): VNode {
  const codes = [...new Set([...ORDER_MODALITIES, ...(step.modality === '' ? [] : [step.modality])])];
  return (
    <SelectField
      label={t('orders.modality')}
      required
      disabled={step.begun}
      error={error}
      options={[
        { value: '', label: t('orders.modalityChoose') },
        ...codes.map((code) => ({ value: code, label: modalityName(code) })),
      ]}
      value={step.modality}
      onText={(modality) => onStep({ modality })}
    />
  );
}

/** Known machines are offered; one that is not listed yet may be typed. Its modality, and its room, come with it. */
function StationField({ step, stations, error, onStep }: PartProps & { readonly stations: readonly Station[] }): VNode {
  const list = useId();
  const fitting = stations.filter(
    ({ modalities }) => step.modality === '' || modalities.length === 0 || modalities.includes(step.modality),
  );
  const choose = (title: string) => {
    const station = stations.find((known) => known.title === title.trim());
    const [modality = '', ...others] = station?.modalities ?? [];
    const only = step.modality === '' && others.length === 0 ? modality : step.modality;
    onStep({ station: title, modality: only, room: station?.rooms[0] ?? step.room });
  };
  return (
    <>
      <TextField
        label={t('orders.station')}
        autoComplete="off"
        spellcheck={false}
        maxLength={16}
        list={list}
        placeholder={t('orders.stationHint')}
        error={error}
        value={step.station}
        onText={choose}
      />
      <datalist id={list}>
        {fitting.map(({ title }) => (
          <option key={title} value={title} />
        ))}
      </datalist>
    </>
  );
}
