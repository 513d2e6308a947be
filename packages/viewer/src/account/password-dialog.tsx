import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { failureText } from '../api/failure.ts';
import { changePassword } from '../api/session.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { PasswordField } from './password-field.tsx';
import { keepsAll, keptRules } from './password-rules.ts';
import { PasswordRulesList } from './password-rules-list.tsx';

export function PasswordDialog({ onClose }: { readonly onClose: () => void }): VNode {
  const { client, session } = useApp();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [repeated, setRepeated] = useState('');
  const [problem, setProblem] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const kept = keptRules(next, repeated, session.session.value?.user.username ?? '');
  const submit = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await changePassword(client, current, next);
      toast('success', t('account.changed'));
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={busy} disabled={current === '' || !keepsAll(kept)}>
        {t('account.changePassword')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('account.changePassword')} onClose={onClose} actions={actions} onSubmit={() => void submit()}>
      {problem !== undefined && <Notice kind="danger">{failureText(problem)}</Notice>}
      <PasswordField
        label={t('account.currentPassword')}
        autoComplete="current-password"
        autoFocus
        value={current}
        onText={setCurrent}
      />
      <PasswordField label={t('account.newPassword')} autoComplete="new-password" value={next} onText={setNext} />
      <PasswordField label={t('account.repeatPassword')} autoComplete="new-password" value={repeated} onText={setRepeated} />
      <PasswordRulesList kept={kept} />
    </Dialog>
  );
}
