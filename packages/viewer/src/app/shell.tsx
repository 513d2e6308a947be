import { HelpCircle, KeyRound, Languages, LogOut, UserRound } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { PasswordDialog } from '../account/password-dialog.tsx';
import { failureText } from '../api/failure.ts';
import { IconButton } from '../design/button.tsx';
import { Confirm } from '../design/dialog.tsx';
import { Mark } from '../design/mark.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { toast } from '../design/toast.tsx';
import { chooseLanguage, LANGUAGES, language, t } from '../i18n/index.ts';
import { DropTarget } from '../upload/drop-target.tsx';
import { UploadButton } from '../upload/upload-button.tsx';
import { forgetWork, useApp } from './context.ts';
import { helpOpen } from './help.ts';
import { HelpSheet } from './help-sheet.tsx';
import { Link } from './link.tsx';
import { firstAdminSection } from './may.ts';
import { adminUrl, type Route } from './route.ts';

/** What a line that is up needs for some marks, before somebody signs out. */
const MARKS_MS = 3_000;

/** The frame around every page but the reading page: where one is, where one can go, who one is. */
export function Shell({ route, children }: { readonly route: Route; readonly children: ComponentChildren }): VNode {
  const { session } = useApp();
  const title = titleOf(route);
  useEffect(() => {
    document.title = `${title} – ${t('common.product')}`;
  }, [title]);
  const content = (
    <div class="shell">
      <a class="skip-link" href="#content">
        {t('common.skip')}
      </a>
      <TopBar route={route} />
      <main id="content" class="shell-content" tabIndex={-1}>
        {children}
      </main>
      {helpOpen.value && <HelpSheet />}
    </div>
  );
  return session.may('upload') ? <DropTarget looks={route.page === 'import'}>{content}</DropTarget> : content;
}

const ORDER_PAGES: ReadonlySet<Route['page']> = new Set(['orders', 'unmatched', 'receipts'] as const);

function titleOf(route: Route): string {
  switch (route.page) {
    case 'admin':
      return t(`admin.${route.section}`);
    case 'orders':
      return t('orders.list');
    case 'unmatched':
      return t('orders.unmatched');
    case 'receipts':
      return t('receipt.list');
    case 'import':
      return t('importing.title');
    default:
      return t('worklist.title');
  }
}

function TopBar({ route }: { readonly route: Route }): VNode {
  const { session } = useApp();
  const admin = firstAdminSection(session);
  return (
    <header class="top-bar">
      <Link class="top-brand" href="/" aria-label={`${t('common.product')}: ${t('worklist.title')}`}>
        <Mark size={26} />
        <span>{t('common.product')}</span>
      </Link>
      <nav class="top-nav" aria-label={t('app.navigation')}>
        <Link href="/" aria-current={route.page === 'worklist' ? 'page' : undefined}>
          {t('app.studies')}
        </Link>
        <Link href="/orders" aria-current={ORDER_PAGES.has(route.page) ? 'page' : undefined}>
          {t('orders.title')}
        </Link>
        {admin !== undefined && (
          <Link href={adminUrl(admin)} aria-current={route.page === 'admin' ? 'page' : undefined}>
            {t('admin.title')}
          </Link>
        )}
      </nav>
      <span class="grow" />
      {session.may('upload') && <UploadButton />}
      <IconButton
        class="top-help"
        icon={HelpCircle}
        label={t('common.help')}
        onClick={() => {
          helpOpen.value = true;
        }}
      />
      <AccountMenu />
    </header>
  );
}

function AccountMenu(): VNode {
  const app = useApp();
  const { session, navigator } = app;
  const [changing, setChanging] = useState(false);
  const user = session.session.value?.user;
  const name = user?.displayName || user?.username || '';
  const [asking, setAsking] = useState(false);
  const leave = async (asked: boolean) => {
    if (!asked) {
      await app.marks.settle(MARKS_MS);
    }
    if (!asked && app.marks.unsent.value > 0) {
      setAsking(true);
      return;
    }
    try {
      await session.leave();
      forgetWork(app);
      navigator.replace('/');
    } catch (error) {
      toast('failure', failureText(error));
    }
  };
  return (
    <>
      <Menu
        label={name}
        button={(props) => (
          <button type="button" class="button button-quiet top-account" {...props}>
            <UserRound size={18} aria-hidden="true" />
            <span class="top-account-name">{name}</span>
          </button>
        )}
      >
        {(close) => (
          <AccountEntries name={name} close={close} onChange={() => setChanging(true)} onLeave={() => void leave(false)} />
        )}
      </Menu>
      {changing && <PasswordDialog onClose={() => setChanging(false)} />}
      {asking && (
        <Confirm
          title={t('marks.leaveTitle')}
          text={t('marks.leaveText', { count: app.marks.unsent.value })}
          action={t('account.signOut')}
          stay={t('marks.stay')}
          onConfirm={() => void leave(true)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface AccountEntriesProps {
  readonly name: string;
  readonly close: () => void;
  readonly onChange: () => void;
  readonly onLeave: () => void;
}

function AccountEntries({ name, close, onChange, onLeave }: AccountEntriesProps): VNode {
  const { session } = useApp();
  const { user, version = '' } = session.session.value ?? {};
  const then = (action: () => void) => () => {
    close();
    action();
  };
  return (
    <>
      <div class="menu-note">
        <strong>{name}</strong>
        <div>{user?.role !== undefined && t(`account.role_${user.role}`)}</div>
      </div>
      <div class="menu-line" />
      {LANGUAGES.map((tongue) => (
        <MenuItem key={tongue} icon={Languages} checked={language.value === tongue} onPress={then(() => chooseLanguage(tongue))}>
          {t(tongue === 'vi' ? 'common.languageVi' : 'common.languageEn')}
        </MenuItem>
      ))}
      <div class="menu-line" />
      <MenuItem icon={KeyRound} onPress={then(onChange)}>
        {t('account.changePassword')}
      </MenuItem>
      <MenuItem icon={LogOut} onPress={then(onLeave)}>
        {t('account.signOut')}
      </MenuItem>
      <div class="menu-line" />
      <div class="menu-note">{t('account.version', { version })}</div>
    </>
  );
}
