import { Circle, CircleCheck } from 'lucide-preact';
import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';
import { PASSWORD_LENGTH, type PasswordRule } from './password-rules.ts';

/** The rules, each with a mark as soon as it is kept. */
export function PasswordRulesList({ kept }: { readonly kept: ReadonlySet<PasswordRule> }): VNode {
  const rules: readonly [PasswordRule, string][] = [
    ['length', t('account.ruleLength', { count: PASSWORD_LENGTH })],
    ['name', t('account.ruleName')],
    ['same', t('account.ruleSame')],
  ];
  return (
    <ul class="password-rules">
      {rules.map(([rule, text]) => (
        <li key={rule} class={kept.has(rule) ? 'kept' : ''}>
          {kept.has(rule) ? (
            <CircleCheck size={16} aria-label={t('common.yes')} />
          ) : (
            <Circle size={16} aria-label={t('common.no')} />
          )}
          {text}
        </li>
      ))}
    </ul>
  );
}
