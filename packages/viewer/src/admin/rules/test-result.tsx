import { Ban, Check, Clock, type LucideIcon, Minus, SendHorizontal, X } from 'lucide-preact';
import type { VNode } from 'preact';
import type { TriedCondition, TriedDelivery, TriedGroup, TriedRule, TriedStudy } from '../../api/rule-test.ts';
import { Badge, Notice } from '../../design/status.tsx';
import { formatInstant } from '../../i18n/format.ts';
import { t, textOf } from '../../i18n/index.ts';
import { basisWords, classWords, destinationName, tagLabel } from './rule-words.ts';
import type { Surroundings } from './rules-page.tsx';

const ICONS: Readonly<Record<TriedRule['fit'], LucideIcon>> = {
  fits: Check,
  differs: X,
  waits: Clock,
  unknown: Minus,
  stopped: Ban,
};

/** Series by series, what would be sent, and of each rule why or why not. */
export function TestResult({ result, around }: { readonly result: TriedStudy; readonly around: Surroundings }): VNode {
  return (
    <section class="test-result" aria-label={t('rules.testResult')}>
      <p role="status">{t('rules.tested', { count: result.instances })}</p>
      {result.more && <Notice kind="warning">{t('rules.testMore', { count: result.instances })}</Notice>}
      {result.groups.map((group, at) => (
        <Group key={`${group.seriesInstanceUid}${at}`} group={group} around={around} />
      ))}
    </section>
  );
}

function Group({ group, around }: { readonly group: TriedGroup; readonly around: Surroundings }): VNode {
  const { modality, instances, onArrival, whenComplete, prefetches, rules } = group;
  return (
    <article class="panel test-group">
      <h2>
        {textOf('modality', modality) ?? modality} · {t('rules.images_count', { count: instances })}
      </h2>
      {onArrival.length + whenComplete.length === 0 && <p>{t('rules.goesNowhere')}</p>}
      <Deliveries title={t('rules.onArrival')} deliveries={onArrival} around={around} />
      <Deliveries title={t('rules.whenComplete')} deliveries={whenComplete} around={around} />
      {prefetches.map(({ destination, priors }) => (
        <p key={destination} class="soft">
          {t('rules.priorsTo', { count: priors, to: destinationName(destination, around.destinations) })}
        </p>
      ))}
      <h3>{t('rules.why')}</h3>
      <ol class="tried-rules">
        {rules.map((rule) => (
          <Tried key={rule.rule} rule={rule} around={around} />
        ))}
      </ol>
    </article>
  );
}

interface DeliveriesProps {
  readonly title: string;
  readonly deliveries: readonly TriedDelivery[];
  readonly around: Surroundings;
}

function Deliveries({ title, deliveries, around }: DeliveriesProps): VNode | null {
  return deliveries.length === 0 ? null : (
    <div>
      <h3>{title}</h3>
      <ul>
        {deliveries.map((delivery) => (
          <li key={delivery.destination} class="row test-delivery">
            <SendHorizontal size={16} aria-hidden="true" />
            <span>
              <strong>{destinationName(delivery.destination, around.destinations)}</strong> – {deliveryWords(delivery)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function deliveryWords({ rule, class: priority, changes, notBefore, legal }: TriedDelivery): string {
  const { set, remove, deidentify, transferSyntaxUid } = changes;
  return [
    rule === '' ? t('rules.byDestination') : t('rules.byRule', { rule }),
    classWords(priority),
    ...(notBefore === null ? [] : [t('rules.notBefore', { at: formatInstant(notBefore) })]),
    ...(deidentify === undefined ? [] : [t('rules.do_deidentify', { profile: deidentify })]),
    ...(set.length === 0 ? [] : [t('rules.sets', { count: set.length })]),
    ...(remove.length === 0 ? [] : [t('rules.removes', { count: remove.length })]),
    ...(transferSyntaxUid === undefined ? [] : [t('rules.recodes')]),
    ...(legal === null ? [] : [basisWords(legal.basis, legal.evidence)]),
  ].join('; ');
}

function Tried({
  rule: { rule, fit, conditions, sends },
  around,
}: {
  readonly rule: TriedRule;
  readonly around: Surroundings;
}): VNode {
  const Icon = ICONS[fit];
  const missed = sends.filter(({ fate }) => fate !== 'sent');
  return (
    <li class={`tried tried-${fit}`}>
      <span class="row row-wrap">
        <Icon size={16} aria-hidden="true" />
        <strong>{rule}</strong>
        <Badge kind={fit === 'fits' ? 'success' : fit === 'waits' ? 'accent' : 'plain'}>{t(`rules.fit_${fit}`)}</Badge>
      </span>
      {fit !== 'stopped' && conditions.length > 0 && (
        <ul class="tried-conditions">
          {conditions.map((condition) => (
            <Condition key={`${condition.condition}${condition.name ?? ''}`} condition={condition} />
          ))}
        </ul>
      )}
      {missed.map(({ to, fate }) => (
        <p key={to} class="soft">
          {t(`rules.fate_${fate}`, { to: destinationName(to, around.destinations) })}
        </p>
      ))}
    </li>
  );
}

function Condition({ condition: { condition, name, wanted, found, fits } }: { readonly condition: TriedCondition }): VNode {
  const label = name === null ? (textOf('rules', `condition_${condition}`) ?? condition) : tagLabel(name);
  return (
    <li class={`tried-condition ${fits ? 'condition-fits' : 'condition-differs'}`}>
      {fits ? <Check size={14} aria-hidden="true" /> : <X size={14} aria-hidden="true" />}
      <span>
        <span class="visually-hidden">{t(fits ? 'rules.conditionFits' : 'rules.conditionDiffers')}: </span>
        {condition === 'complete'
          ? label
          : t('rules.condition', {
              label,
              wanted: wanted.join(` ${t('rules.or')} `),
              found: found === '' ? t('rules.foundNothing') : found,
            })}
      </span>
    </li>
  );
}
