import { type Signal, useSignal } from '@preact/signals';
import { Trash2 } from 'lucide-preact';
import type { VNode } from 'preact';
import { failureText } from '../../api/failure.ts';
import type { ViewerSettings } from '../../api/settings.ts';
import { useApp } from '../../app/context.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { SelectField, TextField } from '../../design/field.tsx';
import { Notice } from '../../design/status.tsx';
import { toast } from '../../design/toast.tsx';
import { t } from '../../i18n/index.ts';
import { bodyPartName, modalityName } from '../../worklist/words.ts';
import { actionText } from '../action.ts';
import { ACTIONS } from '../actions.ts';
import { holderOf } from '../key-map.ts';
import type { ReadingModel } from '../reading-model.ts';
import { captureHanging, capturePane, hangingId, type ShownPane } from './capture-hanging.ts';
import { parseHanging } from './hanging.ts';
import { ownerText } from './hanging-text.ts';
import { shownPanes } from './shown-panes.ts';

type Owner = 'own' | 'hospital';

interface Draft {
  readonly name: Signal<string>;
  readonly owner: Signal<Owner>;
  readonly key: Signal<string>;
  readonly scope: Signal<'part' | 'any'>;
}

/** Keeps what is on the screen as a protocol, for oneself or, by an administrator, for the hospital. */
export function SaveHangingDialog({ model }: { readonly model: ReadingModel }): VNode {
  const draft: Draft = {
    name: useSignal(''),
    owner: useSignal<Owner>('own'),
    key: useSignal(''),
    scope: useSignal<'part' | 'any'>('any'),
  };
  const { busy, problem, change } = useChange();
  const panes = shownPanes(model);
  const modality = panes.find((pane) => pane?.study === 0)?.modality ?? '';
  const parts = model.priors.current.value?.bodyParts ?? [];
  const pressed = draft.key.value.trim().toLowerCase();
  const other = pressed === '' ? undefined : holderOf(pressed, ACTIONS, model.keys.value);
  const keyError = other === undefined ? undefined : t('hanging.keyTaken', { other: actionText(other, model) });
  const possible = draft.name.value.trim() !== '' && modality !== '' && keyError === undefined;
  const close = (): void => {
    model.savingHanging.value = false;
  };
  const save = async (): Promise<void> => {
    const { rows, columns } = model.layout.value;
    const bodyParts = draft.scope.value === 'part' ? parts : [];
    const key = pressed === '' ? undefined : pressed;
    const made = captureHanging({ name: draft.name.value, modality, bodyParts, key, rows, columns }, panes);
    const said = t('hanging.saved', { name: made.name });
    if (await change(draft.owner.value, (all) => [...all.filter((kept) => idOf(kept) !== made.id), made], said)) {
      close();
    }
  };
  return (
    <Dialog
      title={t('hanging.saveTitle')}
      onClose={close}
      onSubmit={() => void (possible && save())}
      actions={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" busy={busy.value} disabled={!possible}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      {problem.value !== undefined && <Notice kind="danger">{failureText(problem.value)}</Notice>}
      <Fields draft={draft} modality={modality} parts={parts} keyError={keyError} />
      <h3>{t('hanging.panes')}</h3>
      <ul>
        {panes.map((pane, index) => (
          <li key={index} class="soft">
            {t('hanging.pane', { number: index + 1, what: paneText(pane) })}
          </li>
        ))}
      </ul>
      <Kept
        onRemove={(whose, id, label) =>
          void change(whose, (all) => all.filter((entry) => idOf(entry) !== id), t('hanging.removed', { name: label }))
        }
      />
    </Dialog>
  );
}

/** Changes the protocols of a person or of the hospital, and says how it went. */
function useChange() {
  const { settings } = useApp();
  const busy = useSignal(false);
  const problem = useSignal<unknown>(undefined);
  const change = async (whose: Owner, make: (all: readonly unknown[]) => readonly unknown[], said: string): Promise<boolean> => {
    busy.value = true;
    problem.value = undefined;
    try {
      const edit = <T extends Pick<ViewerSettings, 'hangings'>>(now: T): T => ({ ...now, hangings: make(now.hangings) });
      await (whose === 'own' ? settings.own.change(edit) : settings.hospital.change(edit));
      toast('success', said);
      return true;
    } catch (error) {
      problem.value = error;
      return false;
    } finally {
      busy.value = false;
    }
  };
  return { busy, problem, change };
}

interface FieldsProps {
  readonly draft: Draft;
  readonly modality: string;
  readonly parts: readonly string[];
  readonly keyError: string | undefined;
}

function Fields({ draft, modality, parts, keyError }: FieldsProps): VNode {
  const { session } = useApp();
  const any = { value: 'any', label: t('hanging.anyPart', { modality: modalityName(modality) }) };
  const owners = [
    { value: 'own', label: t('hanging.ownerOwn') },
    { value: 'hospital', label: t('hanging.ownerHospital') },
  ];
  return (
    <>
      <TextField
        label={t('hanging.name')}
        hint={t('hanging.nameHint')}
        required
        autoFocus
        maxLength={80}
        name="hanging-name"
        value={draft.name.value}
        onText={(text) => {
          draft.name.value = text;
        }}
      />
      <SelectField
        label={t('hanging.forStudies')}
        name="hanging-scope"
        value={draft.scope.value}
        options={parts.length === 0 ? [any] : [any, { value: 'part', label: samePart(modality, parts) }]}
        onText={(value) => {
          draft.scope.value = value === 'part' ? 'part' : 'any';
        }}
      />
      {session.may('administer') && (
        <SelectField
          label={t('hanging.owner')}
          name="hanging-owner"
          value={draft.owner.value}
          options={owners}
          onText={(value) => {
            draft.owner.value = value === 'hospital' ? 'hospital' : 'own';
          }}
        />
      )}
      <TextField
        label={t('hanging.key')}
        hint={t('hanging.keyHint')}
        error={keyError}
        maxLength={1}
        name="hanging-key"
        value={draft.key.value}
        onText={(text) => {
          draft.key.value = text;
        }}
      />
    </>
  );
}

function idOf(value: unknown): string | undefined {
  const hanging = parseHanging(value);
  return hanging === undefined ? undefined : hangingId(hanging.name);
}

function samePart(modality: string, parts: readonly string[]): string {
  return t('hanging.samePart', { modality: modalityName(modality), part: parts.map(bodyPartName).join(', ') });
}

/** What a pane will look for, in words. */
function paneText(shown: ShownPane | undefined): string {
  if (shown === undefined) {
    return t('hanging.paneEmpty');
  }
  const { study, words, views, side } = capturePane(shown);
  const what = [...views, side, ...words].filter((part) => part !== undefined).join(' ');
  return study > 0 ? t('hanging.panePrior', { what: what || t('hanging.paneAny') }) : what || t('hanging.paneAny');
}

interface KeptProps {
  readonly onRemove: (owner: Owner, id: string, name: string) => void;
}

/** What was saved before, to be deleted. */
function Kept({ onRemove }: KeptProps): VNode | null {
  const { settings, session } = useApp();
  const of = (owner: Owner, all: readonly unknown[]) =>
    all.flatMap((value) => {
      const hanging = parseHanging(value);
      return hanging === undefined ? [] : [{ owner, hanging }];
    });
  const all = [
    ...of('own', settings.own.value.value.hangings),
    ...(session.may('administer') ? of('hospital', settings.hospital.value.value.hangings) : []),
  ];
  return all.length === 0 ? null : (
    <ul class="hanging-kept" aria-label={t('hanging.title')}>
      {all.map(({ owner, hanging }) => (
        <li key={`${owner}/${hanging.id}`} class="row">
          <span class="grow">
            {hanging.name} <span class="soft">({ownerText(owner)})</span>
          </span>
          <IconButton
            small
            icon={Trash2}
            label={t('hanging.remove', { name: hanging.name })}
            onClick={() => onRemove(owner, hangingId(hanging.name), hanging.name)}
          />
        </li>
      ))}
    </ul>
  );
}
