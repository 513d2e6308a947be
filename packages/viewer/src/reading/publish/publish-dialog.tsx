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
import { shownState } from './shown-image.ts';

type Kind = Publication['kind'];

const DONE = {
  measurements: 'publishing.doneReport',
  'key-images': 'publishing.doneImages',
  presentation: 'publishing.doneState',
} as const;

/** What was measured, or images that matter, as an object of the study that other systems read. */
export function PublishDialog({ model }: { readonly model: ReadingModel }): VNode {
  const { client } = useApp();
  const kind = useSignal<Kind>('measurements');
  const title = useSignal<KeyTitle>('of-interest');
  const description = useSignal('');
  const left = useSignal<ReadonlySet<string>>(new Set());
  const busy = useSignal(false);
  const problem = useSignal<unknown>(undefined);
  const state = shownState(model);
  const choices: readonly Choice[] =
    kind.value === 'measurements' ? measuredChoices(model) : kind.value === 'key-images' ? keyChoices(model) : [];
  const chosen = choices.filter(({ id, isPossible }) => isPossible && !left.value.has(id));
  const isSaved = kind.value === 'key-images' || model.tools.marks.unsent.value === 0;
  const close = (): void => {
    model.publishing.value = false;
  };
  const send = async (): Promise<void> => {
    busy.value = true;
    problem.value = undefined;
    const ids = new Set(chosen.map(({ id }) => id));
    const publication = publicationOf(model, kind.value, ids, title.value, description.value.trim());
    try {
      if (publication !== undefined) {
        await publish(client, model.studyInstanceUid, publication);
        toast('success', t(DONE[kind.value]));
        void model.refresh();
        close();
      }
    } catch (error) {
      problem.value = error;
    }
    busy.value = false;
  };
  const possible = (kind.value === 'presentation' ? state !== undefined : chosen.length > 0) && isSaved;
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
      <KindField kind={kind} />
      {kind.value === 'key-images' && <KeyFields title={title} />}
      {kind.value !== 'measurements' && (
        <Description description={description} most={kind.value === 'presentation' ? 64 : 1000} />
      )}
      {kind.value === 'presentation' ? (
        <p>{t(state === undefined ? 'publishing.noState' : 'publishing.stateHint', { count: state?.marks.length ?? 0 })}</p>
      ) : (
        <Choices model={model} choices={choices} left={left} />
      )}
      <p class="soft">{t('publishing.hint')}</p>
    </Dialog>
  );
}

/** What is sent of what was chosen; undefined where there is no image to be shown. */
function publicationOf(
  model: ReadingModel,
  kind: Kind,
  chosen: ReadonlySet<string>,
  title: KeyTitle,
  description: string,
): Publication | undefined {
  switch (kind) {
    case 'measurements': {
      const measured = measuredChoices(model).filter(({ id }) => chosen.has(id));
      return { kind, marks: measured.map((one) => reported(model, one)) };
    }
    case 'key-images': {
      const images = keyChoices(model).filter(({ id }) => chosen.has(id));
      return { kind, title, description, images: images.map(({ image }) => image) };
    }
    case 'presentation': {
      const state = shownState(model);
      return state && { kind, description: description.slice(0, 64), ...state };
    }
  }
}

function reported(
  model: ReadingModel,
  { id, measurement, frame }: MeasuredChoice,
): Extract<Publication, { kind: 'measurements' }>['marks'][number] {
  return { id, values: frame === undefined ? [] : publishedValues(measurement, frame, model.imaging.frames.get(frame)) };
}

function KindField({ kind }: { readonly kind: Signal<Kind> }): VNode {
  return (
    <SelectField
      label={t('publishing.what')}
      name="publish-kind"
      value={kind.value}
      options={[
        { value: 'measurements', label: t('publishing.report') },
        { value: 'key-images', label: t('publishing.images') },
        { value: 'presentation', label: t('publishing.state') },
      ]}
      onText={(value) => {
        kind.value = value === 'key-images' || value === 'presentation' ? value : 'measurements';
      }}
    />
  );
}

function KeyFields({ title }: { readonly title: Signal<KeyTitle> }): VNode {
  return (
    <SelectField
      label={t('publishing.why')}
      name="publish-title"
      value={title.value}
      options={KEY_TITLES.map((value) => ({ value, label: t(`publishing.title-${value}`) }))}
      onText={(value) => {
        title.value = KEY_TITLES.find((one) => one === value) ?? 'of-interest';
      }}
    />
  );
}

function Description({ description, most }: { readonly description: Signal<string>; readonly most: number }): VNode {
  return (
    <TextField
      label={t('publishing.description')}
      name="publish-description"
      maxLength={most}
      value={description.value}
      onText={(text) => {
        description.value = text;
      }}
    />
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
