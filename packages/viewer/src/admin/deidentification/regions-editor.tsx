import { ImageIcon, Plus, X } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Area } from '../../api/deidentification.ts';
import { useApp } from '../../app/context.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { SelectField, TextField } from '../../design/field.tsx';
import { t } from '../../i18n/index.ts';
import { type AreaPicture, AreaPictureChooser } from './area-picture.tsx';
import { NEW_REGION, type RegionForm, regionWords } from './profile-form.ts';

export interface RegionsEditorProps {
  readonly regions: readonly RegionForm[];
  readonly onChange: (regions: readonly RegionForm[]) => void;
}

/** Which parts of which images are blackened. */
export function RegionsEditor({ regions, onChange }: RegionsEditorProps): VNode {
  const change = (at: number, part: Partial<RegionForm>) =>
    onChange(regions.map((region, index) => (index === at ? { ...region, ...part } : region)));
  return (
    <div class="rows">
      {regions.map((region, at) => (
        <Region
          key={String(at)}
          region={region}
          place={at + 1}
          onChange={(part) => change(at, part)}
          onRemove={() => onChange(regions.filter((_, index) => index !== at))}
        />
      ))}
      <span>
        <Button small icon={Plus} onClick={() => onChange([...regions, NEW_REGION])}>
          {t('deidentification.addRegion')}
        </Button>
      </span>
    </div>
  );
}

interface RegionProps {
  readonly region: RegionForm;
  readonly place: number;
  readonly onChange: (part: Partial<RegionForm>) => void;
  readonly onRemove: () => void;
}

const CONDITIONS = ['modality', 'manufacturer', 'model', 'columns', 'rows'] as const;

function Region({ region, place, onChange, onRemove }: RegionProps): VNode {
  const { session } = useApp();
  const [drawing, setDrawing] = useState(false);
  const chosen = ({ modality, manufacturer, model, rows, columns }: AreaPicture) =>
    onChange({ modality, manufacturer, model, rows: String(rows), columns: String(columns) });
  return (
    <section class="region" aria-label={t('deidentification.region', { place })}>
      <header class="row">
        <strong class="grow">{regionWords(region)}</strong>
        <IconButton small icon={X} label={t('deidentification.removeRegion', { place })} onClick={onRemove} />
      </header>
      <div class="region-when">
        {CONDITIONS.map((key) => (
          <TextField
            key={key}
            label={t(`deidentification.when_${key}`)}
            autoComplete="off"
            spellcheck={false}
            {...(key === 'rows' || key === 'columns' ? { inputMode: 'numeric' as const } : {})}
            value={region[key]}
            onText={(value) => onChange({ [key]: value })}
          />
        ))}
        <SelectField
          label={t('deidentification.hides')}
          options={[
            { value: 'text', label: t('deidentification.hides_text') },
            { value: 'face', label: t('deidentification.hides_face') },
          ]}
          value={region.hides}
          onText={(value) => onChange({ hides: value === 'face' ? 'face' : 'text' })}
        />
      </div>
      <Areas areas={region.areas} onChange={(areas) => onChange({ areas })} />
      {session.may('view') &&
        (drawing ? (
          <AreaPictureChooser areas={region.areas} onAreas={(areas) => onChange({ areas })} onPicture={chosen} />
        ) : (
          <span>
            <Button small icon={ImageIcon} onClick={() => setDrawing(true)}>
              {t('deidentification.draw')}
            </Button>
          </span>
        ))}
    </section>
  );
}

const NUMBERS = ['x', 'y', 'width', 'height'] as const;

function Areas({
  areas,
  onChange,
}: {
  readonly areas: readonly Area[];
  readonly onChange: (areas: readonly Area[]) => void;
}): VNode {
  return (
    <div class="rows">
      {areas.length === 0 && <p class="field-hint">{t('deidentification.noAreas')}</p>}
      {areas.map((area, at) => (
        <fieldset key={String(at)} class="area-row" aria-label={t('deidentification.area', { place: at + 1 })}>
          {NUMBERS.map((name, index) => (
            <TextField
              key={name}
              label={t(`deidentification.area_${name}`)}
              inputMode="numeric"
              autoComplete="off"
              value={String(area[index] ?? 0)}
              onText={(text) => onChange(areas.map((other, place) => (place === at ? withNumber(other, index, text) : other)))}
            />
          ))}
          <IconButton
            small
            icon={X}
            label={t('deidentification.removeArea', { place: at + 1 })}
            onClick={() => onChange(areas.filter((_, place) => place !== at))}
          />
        </fieldset>
      ))}
      <span>
        <Button small icon={Plus} onClick={() => onChange([...areas, [0, 0, 100, 40]])}>
          {t('deidentification.addArea')}
        </Button>
      </span>
    </div>
  );
}

function withNumber([x, y, width, height]: Area, index: number, text: string): Area {
  const value = Math.min(65_535, Number(text.replace(/\D/g, '').slice(0, 6)));
  return [index === 0 ? value : x, index === 1 ? value : y, index === 2 ? value : width, index === 3 ? value : height];
}
