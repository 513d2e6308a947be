import { ArrowDown, ArrowUp, FileWarning, Route } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { editRules, type RuleEdit, type WrittenRule } from '../../api/rules.ts';
import { useApp } from '../../app/context.ts';
import { Link } from '../../app/link.tsx';
import { adminUrl } from '../../app/route.ts';
import { useSending } from '../../app/use-sending.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Badge, Empty } from '../../design/status.tsx';
import { t } from '../../i18n/index.ts';
import { FormProblem } from '../section.tsx';
import { type RuleNames, ruleWords } from './rule-words.ts';
import type { Surroundings } from './rules-page.tsx';
import type { Draft } from './use-draft.ts';

export interface RuleListProps {
  readonly draft: Draft;
  readonly around: Surroundings;
  readonly onEdit: (at: number) => void;
}

/** Rules in their order, each as a sentence. */
export function RuleList({ draft, around, onEdit }: RuleListProps): VNode {
  const { client, session } = useApp();
  const sending = useSending();
  const [said, setSaid] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const moved = useRef<{ readonly name: string; readonly button: string } | undefined>(undefined);
  useEffect(() => {
    if (moved.current !== undefined) {
      const { name, button } = moved.current;
      moved.current = undefined;
      focusIn(list.current, name, button);
    }
  }, [draft.rules]);
  const edit = (change: RuleEdit, focus?: { readonly name: string; readonly button: string }) =>
    sending.run(async () => {
      const edited = await editRules(client, draft.document, change);
      // NOTE: not before the answer: a look at what was typed may bring the list anew meanwhile, in its old order.
      moved.current = focus;
      draft.take(edited);
    });
  const move = async (from: number, by: -1 | 1, name: string) => {
    const to = from + by;
    if (sending.busy || draft.rules?.[to] === undefined) {
      return;
    }
    if (await edit({ kind: 'move', from, to }, { name, button: by < 0 ? 'up' : 'down' })) {
      setSaid(t('rules.moved', { name, place: to + 1 }));
    }
  };
  if (draft.rules === undefined) {
    return (
      <Empty icon={FileWarning} title={t('rules.faultyTitle')} text={t('rules.faultyText')}>
        <Link class="button button-plain" href={`${adminUrl('rules')}?view=text`}>
          {t('rules.toText')}
        </Link>
      </Empty>
    );
  }
  if (draft.rules.length === 0) {
    return <Empty icon={Route} title={t('rules.empty')} text={t('rules.emptyText')} />;
  }
  const names: RuleNames = { destinations: around.destinations, facilityName: session.facilityName };
  return (
    <>
      <FormProblem problem={sending.problem} />
      <p class="soft">{t('rules.order')}</p>
      <ol ref={list} class="rules">
        {draft.rules.map((rule, at) => (
          <RuleCard
            key={rule.name}
            rule={rule}
            at={at}
            count={draft.rules?.length ?? 0}
            names={names}
            onMove={(by) => void move(at, by, rule.name)}
            onEdit={() => onEdit(at)}
            onRemove={() => void edit({ kind: 'remove', at })}
          />
        ))}
      </ol>
      <p class="visually-hidden" role="status">
        {said}
      </p>
    </>
  );
}

/** What was pressed moved with its rule; at an end its other button takes the focus. */
function focusIn(list: HTMLElement | null, name: string, button: string): void {
  const card = [...(list?.querySelectorAll<HTMLElement>('[data-rule]') ?? [])].find(({ dataset }) => dataset.rule === name);
  const wanted = card?.querySelector<HTMLButtonElement>(`.rule-${button}:not(:disabled)`);
  (wanted ?? card?.querySelector<HTMLButtonElement>('.rule-moves button:not(:disabled)'))?.focus();
}

interface RuleCardProps {
  readonly rule: WrittenRule;
  readonly at: number;
  readonly count: number;
  readonly names: RuleNames;
  readonly onMove: (by: -1 | 1) => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function RuleCard({ rule, at, count, names, onMove, onEdit, onRemove }: RuleCardProps): VNode {
  const { images, actions } = ruleWords(rule, names);
  const off = rule.enabled === false;
  const keyed = (event: KeyboardEvent) => {
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      onMove(event.key === 'ArrowUp' ? -1 : 1);
    }
  };
  return (
    <li class={`panel rule${off ? ' rule-off' : ''}`} data-rule={rule.name} onKeyDown={keyed}>
      <span class="rule-place numeric" aria-hidden="true">
        {at + 1}
      </span>
      <div class="rule-body">
        <h2 class="row row-wrap">
          {rule.name}
          {off && <Badge kind="warning">{t('rules.off')}</Badge>}
        </h2>
        <p>{images}</p>
        <ul>
          {actions.map((action) => (
            <li key={action} class="rule-action">
              {action}
            </li>
          ))}
        </ul>
      </div>
      <div class="rule-buttons">
        <span class="rule-moves">
          <IconButton
            small
            class="rule-up"
            icon={ArrowUp}
            label={t('rules.up', { name: rule.name })}
            disabled={at === 0}
            onClick={() => onMove(-1)}
          />
          <IconButton
            small
            class="rule-down"
            icon={ArrowDown}
            label={t('rules.down', { name: rule.name })}
            disabled={at === count - 1}
            onClick={() => onMove(1)}
          />
        </span>
        <Button small aria-label={`${t('common.edit')} ${rule.name}`} onClick={onEdit}>
          {t('common.edit')}
        </Button>
        <Button small kind="quiet" aria-label={`${t('common.remove')} ${rule.name}`} onClick={onRemove}>
          {t('common.remove')}
        </Button>
      </div>
    </li>
  );
}
