import { ArrowLeft, Ellipsis, Grid2x2, SlidersHorizontal } from 'lucide-preact';
import type { VNode } from 'preact';
import { IconButton } from '../design/button.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { formatAge, formatDate } from '../i18n/format.ts';
import { t, textOf } from '../i18n/index.ts';
import { type Action, type ActionGroup, actionText } from './action.ts';
import { actionTip } from './action-tip.ts';
import { ACTIONS, iconOf } from './actions.ts';
import { choiceText } from './choice-text.ts';
import { greyChoices } from './grey-choices.ts';
import { HangingMenu } from './hanging/hanging-menu.tsx';
import { keysOf } from './key-map.ts';
import { keyCap } from './keys.ts';
import { LAYOUTS } from './layouts.ts';
import { MarkState } from './mark-state.tsx';
import type { ReadingModel } from './reading-model.ts';
import type { StudyInfo } from './study-client.ts';
import { WINDOW_ACTIONS } from './window-actions.ts';

const BAR: readonly ActionGroup[] = ['tool', 'measure', 'view', 'scroll', 'page'];

export function Toolbar({ model, onClose }: { readonly model: ReadingModel; readonly onClose: () => void }): VNode {
  const { value: state } = model.state;
  return (
    <header class="reading-bar">
      <IconButton icon={ArrowLeft} label={t('reading.back')} onClick={onClose} />
      <div class="reading-patient">{state.phase === 'ready' && <Patient study={state.study} />}</div>
      <MarkState marks={model.tools.marks} />
      <div class="reading-tools" role="toolbar" aria-label={t('reading.tools')}>
        {BAR.map((group) => (
          <div key={group} class="tool-group">
            {ACTIONS.filter((action) => action.group === group && action.icon !== undefined && action.inMenu !== true).map(
              (action) => (
                <ActionButton key={action.id} action={action} model={model} />
              ),
            )}
            {group === 'tool' && <WindowMenu model={model} />}
            {group === 'scroll' && <Rate model={model} />}
            {group === 'page' && <LayoutMenu model={model} />}
            {group === 'page' && <HangingMenu model={model} />}
          </div>
        ))}
        <MoreMenu model={model} />
      </div>
    </header>
  );
}

function Patient({ study }: { readonly study: StudyInfo }): VNode {
  const { patient } = study;
  const person = [patient.id, textOf('common', `sex${patient.sex}`), formatAge(patient.birthDate, study.date)];
  return (
    <>
      <strong class="reading-name">{patient.name || patient.id}</strong>
      <span class="soft reading-facts">
        {[...person, formatDate(study.date), study.description].filter((part) => part !== undefined && part !== '').join(' · ')}
      </span>
    </>
  );
}

function ActionButton({ action, model }: { readonly action: Action; readonly model: ReadingModel }): VNode | null {
  const on = action.isOn?.(model);
  const icon = iconOf(action, on === true);
  return icon === undefined ? null : (
    <IconButton
      icon={icon}
      label={actionTip(action, model)}
      aria-pressed={on}
      data-action={action.id}
      disabled={action.isPossible?.(model) === false}
      onClick={() => action.run(model)}
    />
  );
}

function WindowMenu({ model }: { readonly model: ReadingModel }): VNode {
  const viewport = model.active.value;
  const choices = greyChoices(viewport.shown.value);
  return (
    <Menu
      side="left"
      label={t('reading.presets')}
      button={(props) => (
        <IconButton
          icon={SlidersHorizontal}
          label={t('reading.presets')}
          data-action="presets"
          disabled={choices.length === 0}
          {...props}
        />
      )}
    >
      {(close) =>
        choices.map((choice, index) => (
          <MenuItem
            key={choiceText(choice)}
            checked={viewport.chosenGrey.value === choice.grey}
            onPress={() => {
              viewport.chosenGrey.value = choice.grey;
              close();
            }}
          >
            <span class="grow">{choiceText(choice)}</span>
            {choice.grey !== undefined && (
              <span class="faint numeric">
                {Math.round(choice.grey.window.center)} / {Math.round(choice.grey.window.width)}
              </span>
            )}
            {WINDOW_ACTIONS[index] !== undefined && <FirstKey action={WINDOW_ACTIONS[index]} model={model} />}
          </MenuItem>
        ))
      }
    </Menu>
  );
}

const SLOW = 1;
const FAST = 60;

/** The speed of the cine, where there is one to run. */
function Rate({ model }: { readonly model: ReadingModel }): VNode | null {
  const viewport = model.active.value;
  const { value: recorded } = viewport.recordedRate;
  if (viewport.frames.value.length < 2 || (recorded === undefined && !viewport.playing.value)) {
    return null;
  }
  const { value: rate } = viewport.rate;
  const title =
    recorded === undefined ? t('reading.rate') : `${t('reading.rate')}. ${t('reading.recordedRate', { rate: recorded })}`;
  return (
    <label class="rate" title={title}>
      <span class="visually-hidden">{t('reading.rate')}</span>
      <input
        type="range"
        min={SLOW}
        max={FAST}
        value={rate}
        data-control="rate"
        onInput={(event) => {
          viewport.rate.value = Number(event.currentTarget.value);
        }}
      />
      <span class="numeric soft">{t('reading.rateValue', { rate })}</span>
    </label>
  );
}

function LayoutMenu({ model }: { readonly model: ReadingModel }): VNode {
  const { value: layout } = model.layout;
  return (
    <Menu
      label={t('reading.layout')}
      button={(props) => <IconButton icon={Grid2x2} label={t('reading.layout')} data-action="layout" {...props} />}
    >
      {(close) =>
        LAYOUTS.map((choice) => (
          <MenuItem
            key={`${choice.rows}x${choice.columns}`}
            checked={choice.rows === layout.rows && choice.columns === layout.columns}
            onPress={() => {
              model.setLayout(choice);
              close();
            }}
          >
            {t('reading.layoutOf', { rows: choice.rows, columns: choice.columns })}
          </MenuItem>
        ))
      }
    </Menu>
  );
}

function FirstKey({ action, model }: { readonly action: Action; readonly model: ReadingModel }): VNode | null {
  const [key] = keysOf(action, model.keys.value);
  return key === undefined ? null : <kbd>{keyCap(key, t('reading.keySpace'))}</kbd>;
}

/** What is needed seldom: the rest of the actions, and what the middle button does. */
function MoreMenu({ model }: { readonly model: ReadingModel }): VNode {
  return (
    <Menu
      label={t('reading.more')}
      button={(props) => <IconButton icon={Ellipsis} label={t('reading.more')} data-action="more" {...props} />}
    >
      {(close) => (
        <>
          {ACTIONS.filter((action) => action.inMenu === true && action.isPossible?.(model) !== false).map((action) => (
            <MenuItem
              key={action.id}
              {...(action.icon === undefined ? {} : { icon: action.icon })}
              onPress={() => {
                close();
                action.run(model);
              }}
            >
              <span class="grow">{actionText(action, model)}</span>
              <FirstKey action={action} model={model} />
            </MenuItem>
          ))}
          <div class="menu-line" />
          <div class="menu-note">{t('reading.middleButton')}</div>
          {(['pan', 'window', 'scroll'] as const).map((tool) => (
            <MenuItem
              key={tool}
              checked={model.tools.middleTool.value === tool}
              onPress={() => {
                model.tools.middleTool.value = tool;
                close();
              }}
            >
              {t(`reading.${tool}`)}
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  );
}
