import { type Signal, useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { failureText } from '../../api/failure.ts';
import { KEY_TITLES, type KeyTitle, type Publication, publish } from '../../api/publications.ts';
import { useApp } from '../../app/context.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { SelectField, TextField } from '../../design/field.tsx';
import { Notice } from '../../design/status.tsx';
import { toast } from '../../design/toast.tsx';
import { t } from '../../i18n/index.ts';
import { evaluate } from '../../imaging/model/measurements.ts';
import { findingLines } from '../finding-text.ts';
import type { ReadingModel } from '../reading-model.ts';
import { type Choice, keyChoices, type MeasuredChoice, measuredChoices } from './publish-choices.ts';
import { publishedValues } from './published-values.ts';

type Kind = Publication['kind'];

/** What was measured, or images that matter, as an object of the study that other systems read. */
export function PublishDialog({ model }: { readonly model: ReadingModel }): VNode {
  const { client } = useApp();
  const kind = useSignal<Kind>('measurements');
  const title = useSignal<KeyTitle>('of-interest');
  const description = useSignal('');
  const left = useSignal<ReadonlySet<string>>(new Set());
  const busy = useSignal(false);
  const problem = useSignal<unknown>(undefined);
  const measured = measuredChoices(model);
  const images = keyChoices(model);
  const choices: readonly Choice[] = kind.value === 'measurements' ? measured : images;
  const chosen = choices.filter(({ id, isPossible }) => isPossible && !left.value.has(id));
  const isSaved = kind.value === 'key-images' || model.tools.marks.unsent.value === 0;
  const close = (): void => {
    model.publishing.value = false;
  };
  const send = async (): Promise<void> => {
    busy.value = true;
    problem.value = undefined;
    const ids = new Set(chosen.map(({ id }) => id));
    const publication: Publication =
      kind.value === 'measurements'
        ? { kind: 'measurements', marks: measured.filter(({ id }) => ids.has(id)).map((one) => reported(model, one)) }
        : {
            kind: 'key-images',
            title: title.value,
            description: description.value.trim(),
            images: images.filter(({ id }) => ids.has(id)).map(({ image }) => image),
          };
    try {
      await publish(client, model.studyInstanceUid, publication);
      toast('success', t(kind.value === 'measurements' ? 'publishing.doneReport' : 'publishing.doneImages'));
      void model.refresh();
      close();
    } catch (error) {
      problem.value = error;
    }
    busy.value = false;
  };
  const possible = chosen.length > 0 && isSaved;
  return (
    <Dialog
      title={t('publishing.title')}
      onClose={close}
      onSubmit={() => void (possible && !busy.value && send())}
      actions={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" busy={busy.value} disabled={!possible}>
            {t('publishing.send')}
          </Button>
        </>
      }
    >
      {problem.value !== undefined && <Notice kind="danger">{failureText(problem.value)}</Notice>}
      {!isSaved && <Notice kind="warning">{t('publishing.unsaved')}</Notice>}
      <SelectField
        label={t('publishing.what')}
        name="publish-kind"
        value={kind.value}
        options={[
          { value: 'measurements', label: t('publishing.report') },
          { value: 'key-images', label: t('publishing.images') },
        ]}
        onText={(value) => {
          kind.value = value === 'key-images' ? 'key-images' : 'measurements';
        }}
      />
      {kind.value === 'key-images' && <KeyFields title={title} description={description} />}
      <Choices model={model} choices={choices} left={left} />
      <p class="soft">{t('publishing.hint')}</p>
    </Dialog>
  );
}

function reported(
  model: ReadingModel,
  { id, measurement, frame }: MeasuredChoice,
): Extract<Publication, { kind: 'measurements' }>['marks'][number] {
  return { id, values: frame === undefined ? [] : publishedValues(measurement, frame, model.imaging.frames.get(frame)) };
}

function KeyFields({ title, description }: { readonly title: Signal<KeyTitle>; readonly description: Signal<string> }): VNode {
  return (
    <>
      <SelectField
        label={t('publishing.why')}
        name="publish-title"
        value={title.value}
        options={KEY_TITLES.map((value) => ({ value, label: t(`publishing.title-${value}`) }))}
        onText={(value) => {
          title.value = KEY_TITLES.find((one) => one === value) ?? 'of-interest';
        }}
      />
      <TextField
        label={t('publishing.description')}
        name="publish-description"
        maxLength={1000}
        value={description.value}
        onText={(text) => {
          description.value = text;
        }}
      />
    </>
  );
}

interface ChoicesProps {
  readonly model: ReadingModel;
  readonly choices: readonly Choice[];
  readonly left: Signal<ReadonlySet<string>>;
}

function Choices({ model, choices, left }: ChoicesProps): VNode {
  const toggle = (id: string): void => {
    const next = new Set(left.value);
    if (!next.delete(id)) {
      next.add(id);
    }
    left.value = next;
  };
  return choices.length === 0 ? (
    <p class="soft">{t('publishing.none')}</p>
  ) : (
    <ul class="publish-choices" aria-label={t('publishing.choices')}>
      {choices.map((choice) => (
        <li key={choice.id}>
          <label class="row">
            <input
              type="checkbox"
              disabled={!choice.isPossible}
              checked={choice.isPossible && !left.value.has(choice.id)}
              onChange={() => toggle(choice.id)}
            />
            <span>
              {choice.text} <span class="soft">{wordsOf(model, choice)}</span>
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}

function wordsOf(model: ReadingModel, choice: Choice): string {
  if (!choice.isPossible) {
    return t('publishing.elsewhere');
  }
  return choice.kind === 'image' || choice.frame === undefined
    ? ''
    : findingLines(evaluate(choice.measurement, choice.frame, model.imaging.frames.get(choice.frame))).join(' · ');
}
