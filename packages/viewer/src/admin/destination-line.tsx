import { Plus, Trash2 } from 'lucide-preact';
import type { VNode } from 'preact';
import { Button, IconButton } from '../design/button.tsx';
import { TextField } from '../design/field.tsx';
import { formatBytes } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import type { DestinationPartProps } from './destination-dialog.tsx';
import { FormPart } from './form-part.tsx';
import { bytesOfMegabits } from './line-rate.ts';

const MOST_HOURS = 24;

/** How much of the line it is given, and when. */
export function DestinationLine({ form, faults, onChange }: DestinationPartProps): VNode {
  const { hours } = form;
  return (
    <FormPart title={t('destinations.line')} open={form.rate !== '' || hours.length > 0}>
      <p class="soft">{t('destinations.lineText')}</p>
      <div class="line-hours">
        <RateField
          label={t('destinations.lineRate')}
          value={form.rate}
          error={faults.rate}
          onText={(rate) => onChange({ rate })}
        />
      </div>
      {hours.map((window, index) => (
        <HoursRow
          key={index}
          number={index + 1}
          window={window}
          error={faults.hours}
          onChange={(part) => onChange({ hours: hours.with(index, { ...window, ...part }) })}
          onRemove={() => onChange({ hours: hours.toSpliced(index, 1) })}
        />
      ))}
      {hours.length < MOST_HOURS && (
        <div>
          <Button small icon={Plus} onClick={() => onChange({ hours: [...hours, { from: '18:00', to: '06:00', rate: '' }] })}>
            {t('destinations.lineAdd')}
          </Button>
        </div>
      )}
    </FormPart>
  );
}

type Window = DestinationPartProps['form']['hours'][number];

interface HoursRowProps {
  readonly number: number;
  readonly window: Window;
  readonly error: string | undefined;
  readonly onChange: (part: Partial<Window>) => void;
  readonly onRemove: () => void;
}

function HoursRow({ number, window, error, onChange, onRemove }: HoursRowProps): VNode {
  const wrong = error === undefined || (isHour(window.from) && isHour(window.to)) ? undefined : error;
  return (
    <fieldset class="line-hours">
      <legend class="visually-hidden">{t('destinations.lineHours', { count: number })}</legend>
      <TextField
        label={t('destinations.lineFrom')}
        placeholder="18:00"
        autoComplete="off"
        maxLength={5}
        error={wrong}
        value={window.from}
        onText={(from) => onChange({ from })}
      />
      <TextField
        label={t('destinations.lineTo')}
        placeholder="06:00"
        autoComplete="off"
        maxLength={5}
        value={window.to}
        onText={(to) => onChange({ to })}
      />
      <RateField
        label={t('destinations.lineWithin')}
        value={window.rate}
        error={error !== undefined && bytesOfMegabits(window.rate) === undefined ? t('destinations.rateWrong') : undefined}
        onText={(rate) => onChange({ rate })}
      />
      <IconButton small icon={Trash2} label={t('destinations.lineRemove', { count: number })} onClick={onRemove} />
    </fieldset>
  );
}

function isHour(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text);
}

interface RateFieldProps {
  readonly label: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onText: (text: string) => void;
}

/** Megabits a second, with the same in bytes under it. */
function RateField({ label, value, error, onText }: RateFieldProps): VNode {
  const bytes = bytesOfMegabits(value);
  return (
    <TextField
      label={label}
      autoComplete="off"
      hint={bytes === undefined ? t('destinations.rateHint') : t('destinations.rateBytes', { bytes: formatBytes(bytes) })}
      error={error}
      value={value}
      onText={onText}
    />
  );
}
