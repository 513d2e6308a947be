import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Dialog } from '../design/dialog.tsx';
import { t, textInAll } from '../i18n/index.ts';
import { actionText, actionTexts } from './action.ts';
import { ACTIONS } from './actions.ts';
import { hangingText } from './hanging/hanging-text.ts';
import { keysOf } from './key-map.ts';
import { type KeyName, keyCap } from './keys.ts';
import { type Findable, matching } from './palette-match.ts';
import { priorText } from './prior-words.ts';
import type { ReadingModel } from './reading-model.ts';
import { seriesName } from './series-button.tsx';
import type { SeriesEntry } from './series-store.ts';

interface Command extends Findable {
  readonly id: string;
  readonly text: string;
  readonly keys: readonly KeyName[];
  readonly run: () => void;
}

/** Everything one can do, found by part of its name. */
export function Palette({ model }: { readonly model: ReadingModel }): VNode {
  const typed = useSignal('');
  const at = useSignal(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const found = matching(commandsOf(model), typed.value);
  const chosen = Math.min(at.value, found.length - 1);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const close = (): void => {
    model.palette.value = false;
  };
  const perform = (command: Command | undefined): void => {
    if (command !== undefined) {
      close();
      command.run();
    }
  };
  const keyed = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      at.value = (chosen + step + found.length) % found.length;
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      perform(found[chosen]);
    }
  };
  return (
    <Dialog title={t('keys.palette')} onClose={close}>
      <input
        class="input"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found[chosen] === undefined ? undefined : `${id}-${chosen}`}
        aria-label={t('keys.palettePlaceholder')}
        placeholder={t('keys.palettePlaceholder')}
        spellcheck={false}
        autocomplete="off"
        autofocus
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={keyed}
      />
      <div ref={list} id={`${id}-list`} class="palette" role="listbox" aria-label={t('keys.paletteList')}>
        {found.map((command, index) => (
          <button
            type="button"
            tabIndex={-1}
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            data-command={command.id}
            onClick={() => perform(command)}
          >
            <span class="grow">{command.text}</span>
            {command.keys.slice(0, 1).map((key) => (
              <kbd key={key}>{keyCap(key, t('reading.keySpace'))}</kbd>
            ))}
          </button>
        ))}
      </div>
      <p class="soft" role="status">
        {found.length === 0 ? t('keys.paletteNone') : t('keys.paletteHint')}
      </p>
    </Dialog>
  );
}

function commandsOf(model: ReadingModel): readonly Command[] {
  const actions = ACTIONS.filter((action) => action.id !== 'palette' && action.isPossible?.(model) !== false);
  return [
    ...actions.map((action) => ({
      id: action.id,
      text: actionText(action, model),
      texts: actionTexts(action, model),
      keys: keysOf(action, model.keys.value),
      run: () => action.run(model),
    })),
    ...model.hangings.fitting.value.map((hanging) => ({
      id: `hanging-${hanging.owner}-${hanging.id}`,
      text: `${t('hanging.title')}: ${hangingText(hanging)}`,
      texts: hanging.names,
      keys: hanging.key === undefined ? [] : [hanging.key],
      run: () => void model.hangings.hang(hanging),
    })),
    ...priorCommands(model),
    ...model.entries.value.map((entry) => ({
      id: `series-${entry.info.seriesInstanceUid}`,
      text: seriesWords(model, entry),
      texts: [seriesName(entry.info), `${entry.info.modality} ${entry.info.description}`],
      keys: [],
      run: () => model.open(model.active.value, entry),
    })),
  ];
}

function seriesWords(model: ReadingModel, entry: SeriesEntry): string {
  const prior = model.priors.all.value?.find(({ study }) => study.studyInstanceUid === entry.studyInstanceUid);
  return prior === undefined ? seriesName(entry.info) : `${priorText(prior)}: ${seriesName(entry.info)}`;
}

function priorCommands(model: ReadingModel): readonly Command[] {
  return (model.priors.all.value ?? []).map((prior) => {
    const text = t('priors.compareWith', { study: priorText(prior) });
    return {
      id: `prior-${prior.study.studyInstanceUid}`,
      text,
      texts: textInAll('priors.compareWith', { study: priorText(prior) }),
      keys: [],
      run: () => void model.openPrior(prior),
    };
  });
}
