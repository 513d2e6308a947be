import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import { failureText } from '../api/failure.ts';
import { setUp } from '../api/session.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { Notice } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { PasswordField } from './password-field.tsx';
import { keepsAll, keptRules } from './password-rules.ts';
import { PasswordRulesList } from './password-rules-list.tsx';
import { AccountScreen } from './sign-in-page.tsx';

const ADMIN = 'admin';

/** The very first page of a new server: the administrator chooses a password. */
export function SetupPage({ token }: { readonly token: string }): VNode {
  const { client, session, navigator } = useApp();
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [problem, setProblem] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const kept = keptRules(password, repeated, ADMIN);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await setUp(client, token, password);
      await session.refresh();
      navigator.replace('/');
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return (
    <AccountScreen>
      <form class="account-form" noValidate onSubmit={(event) => void submit(event)}>
        <h1>{t('account.setupTitle')}</h1>
        <p class="soft">{t('account.setupText')}</p>
        {token === '' && <Notice kind="danger">{t('account.setupNoToken')}</Notice>}
        {problem !== undefined && <Notice kind="danger">{setupProblem(problem)}</Notice>}
        <input
          type="text"
          class="visually-hidden"
          autoComplete="username"
          value={ADMIN}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <PasswordField
          label={t('account.newPassword')}
          autoComplete="new-password"
          autoFocus
          value={password}
          onText={setPassword}
        />
        <PasswordField label={t('account.repeatPassword')} autoComplete="new-password" value={repeated} onText={setRepeated} />
        <PasswordRulesList kept={kept} />
        <Button type="submit" kind="primary" busy={busy} disabled={token === '' || !keepsAll(kept)}>
          {t('account.setupSubmit')}
        </Button>
        {problem instanceof ApiError && (
          <Button kind="quiet" onClick={() => navigator.replace('/login')}>
            {t('account.signIn')}
          </Button>
        )}
      </form>
    </AccountScreen>
  );
}

/** A link that was used, or is none, is refused by one of these. */
function setupProblem(problem: unknown): string {
  return problem instanceof ApiError && [401, 403, 404, 409, 410].includes(problem.status)
    ? t('account.setupUsed')
    : failureText(problem);
}
