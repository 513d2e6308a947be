import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import { failureText, waitText } from '../api/failure.ts';
import { signIn } from '../api/session.ts';
import { forgetWork, useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { TextField } from '../design/field.tsx';
import { Mark } from '../design/mark.tsx';
import { Notice } from '../design/status.tsx';
import { chooseLanguage, LANGUAGES, language, t } from '../i18n/index.ts';
import { PasswordField } from './password-field.tsx';

/** Signing in: as the first page, or over the page one was on when the session ended. */
export function SignInPage({ expired }: { readonly expired: boolean }): VNode {
  const { session, marks } = useApp();
  const unsent = expired ? marks.unsent.value : 0;
  const [username, setUsername] = useState(expired ? (session.session.value?.user.username ?? '') : '');
  const [password, setPassword] = useState('');
  const locked = session.isLocked.value;
  const { problem, busy, submit } = useSignIn(username, password);
  const submitted = (event: Event) => {
    event.preventDefault();
    void submit();
  };
  return (
    <AccountScreen>
      <form class="account-form" noValidate onSubmit={submitted}>
        <h1>{expired ? t(locked ? 'lock.title' : 'account.expiredTitle') : t('account.signIn')}</h1>
        {expired && <p class="soft">{t(locked ? 'lock.text' : 'account.expiredText')}</p>}
        {unsent > 0 && <Notice kind="warning">{t('marks.lockedText', { count: unsent })}</Notice>}
        <Problem problem={problem} />
        <TextField
          label={t('account.username')}
          name="username"
          autoComplete="username"
          autoFocus={username === ''}
          spellcheck={false}
          value={username}
          onText={setUsername}
        />
        <PasswordField
          label={t('account.password')}
          autoComplete="current-password"
          autoFocus={username !== ''}
          value={password}
          onText={setPassword}
        />
        <Button type="submit" kind="primary" busy={busy} disabled={username.trim() === '' || password === ''}>
          {busy ? t('account.signingIn') : t('account.signIn')}
        </Button>
      </form>
    </AccountScreen>
  );
}

interface SignIn {
  readonly problem: unknown;
  readonly busy: boolean;
  readonly submit: () => Promise<void>;
}

function useSignIn(username: string, password: string): SignIn {
  const app = useApp();
  const { client, session, navigator } = app;
  const [problem, setProblem] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const before = session.session.value?.user.id;
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(client, username.trim(), password);
      await session.refresh();
      if (session.session.value?.user.id !== before) {
        forgetWork(app);
      }
      if (navigator.url.value.startsWith('/login')) {
        navigator.replace('/');
      }
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return { problem, busy, submit };
}

function Problem({ problem }: { readonly problem: unknown }): VNode | null {
  if (problem === undefined) {
    return null;
  }
  if (problem instanceof ApiError && problem.status === 429) {
    return <TooMany key={problem.message} seconds={problem.retryAfter ?? 60} />;
  }
  const wrong = problem instanceof ApiError && problem.status === 401;
  return <Notice kind="danger">{wrong ? t('account.wrong') : failureText(problem)}</Notice>;
}

/** Counts down what the server asks to wait. */
function TooMany({ seconds }: { readonly seconds: number }): VNode | null {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000))), 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return left === 0 ? null : <Notice kind="warning">{t('account.tooMany', { time: waitText(left) })}</Notice>;
}

/** The quiet page around the forms that need no session. */
export function AccountScreen({ children }: { readonly children: ComponentChildren }): VNode {
  return (
    <div class="account-screen">
      <div class="account-brand">
        <Mark size={44} />
        <div>
          <strong>{t('common.product')}</strong>
          <span>{t('common.tagline')}</span>
        </div>
      </div>
      <main class="account-card panel">{children}</main>
      <fieldset class="account-languages">
        <legend class="visually-hidden">{t('common.language')}</legend>
        {LANGUAGES.map((tongue) => (
          <button
            key={tongue}
            type="button"
            class="chip"
            aria-pressed={language.value === tongue}
            onClick={() => chooseLanguage(tongue)}
          >
            {t(tongue === 'vi' ? 'common.languageVi' : 'common.languageEn')}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
