import { useSignalEffect } from '@preact/signals';
import { FileQuestion, ServerOff } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { SetupPage } from '../account/setup-page.tsx';
import { SignInPage } from '../account/sign-in-page.tsx';
import { failureText } from '../api/failure.ts';
import { seemsSignedIn } from '../api/session.ts';
import { Button } from '../design/button.tsx';
import { Empty } from '../design/status.tsx';
import { Toasts } from '../design/toast.tsx';
import { language, t } from '../i18n/index.ts';
import { UploadPanel } from '../upload/upload-panel.tsx';
import { WorklistPage } from '../worklist/worklist-page.tsx';
import { type App, AppContext, createApp, useApp } from './context.ts';
import { Cover } from './cover.tsx';
import { FaultScreen } from './fault-screen.tsx';
import { FindPage } from './find-page.tsx';
import { later, Waiting } from './later.tsx';
import { useLiveUpdates } from './live.ts';
import { type Route, routeOf } from './route.ts';
import { Shell } from './shell.tsx';
import { begin, mustSignIn, useIdleLock } from './use-idle-lock.ts';
import { useSettings } from './use-settings.ts';

const OrdersPage = later(async () => (await import('../orders/orders-page.tsx')).OrdersPage);
const ReceiptsPage = later(async () => (await import('../orders/receipts-page.tsx')).ReceiptsPage);
const UnmatchedPage = later(async () => (await import('../orders/unmatched-page.tsx')).UnmatchedPage);
const ImportPage = later(async () => (await import('../import/import-page.tsx')).ImportPage);
const AdminPage = later(async () => (await import('../admin/admin-page.tsx')).AdminPage);
const loadReading = async () => (await import('../reading/reading.tsx')).Reading;
const Reading = later(loadReading);

/** The list is on the screen by then, and a study is about to be opened. */
const READING_AHEAD_MS = 1000;

export function Application(): VNode {
  const app = useMemo(() => {
    const made = createApp(window);
    void begin(made);
    openAhead(made);
    return made;
  }, []);
  useSignalEffect(() => {
    document.documentElement.lang = language.value;
  });
  return (
    <AppContext.Provider value={app}>
      <FaultScreen>
        <Gate />
      </FaultScreen>
      <Toasts />
    </AppContext.Provider>
  );
}

/** A link to a study: what it is opened with is asked for beside who one is, not after it. */
function openAhead({ navigator, openings }: App): void {
  const route = routeOf(navigator.url.value);
  if (route.page === 'view') {
    // Without a session the answer would be 401, which a browser shows as an error.
    if (seemsSignedIn() && !mustSignIn()) {
      openings.begin(route.study);
    }
    loadReading().catch(() => undefined);
  }
}

/** Decides between setting up, signing in, and the pages for those who are signed in. */
function Gate(): VNode {
  const { session, navigator } = useApp();
  const route = routeOf(navigator.url.value);
  if (route.page === 'setup') {
    return <SetupPage token={route.token} />;
  }
  switch (session.phase.value) {
    case 'asking':
      return <Waiting />;
    case 'unreachable':
      return <Unreachable />;
    case 'signed-out':
      return <SignInPage expired={false} />;
    case 'signed-in':
    case 'expired':
      return <SignedIn route={route} expired={session.phase.value === 'expired'} />;
  }
}

/** When the session ends the page stays as it is, out of sight, to go on with after signing in; another person gets a new one. */
function SignedIn({ route, expired }: { readonly route: Route; readonly expired: boolean }): VNode {
  const { session } = useApp();
  useIdleLock();
  useEffect(() => {
    // What fails is loaded when it is needed, and says so then.
    const timer = setTimeout(() => void loadReading().catch(() => undefined), READING_AHEAD_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <div key={session.session.value?.user.id} class={expired ? 'screen screen-covered' : 'screen'} inert={expired}>
        <Pages route={route} />
      </div>
      {expired && (
        <Cover>
          <SignInPage expired />
        </Cover>
      )}
    </>
  );
}

function Pages({ route }: { readonly route: Route }): VNode {
  const { navigator } = useApp();
  useLiveUpdates();
  useSettings();
  if (route.page === 'view') {
    return <Reading key={route.study} studyInstanceUid={route.study} onClose={() => navigator.back('/')} />;
  }
  return (
    <>
      <Shell route={route}>{contentOf(route)}</Shell>
      <UploadPanel />
    </>
  );
}

function contentOf(route: Route): VNode {
  switch (route.page) {
    case 'worklist':
      return <WorklistPage search={route.search} />;
    case 'login':
      return <WorklistPage search="" />;
    case 'find':
      return <FindPage accession={route.accession} patient={route.patient} />;
    case 'orders':
      return <OrdersPage search={route.search} />;
    case 'unmatched':
      return <UnmatchedPage />;
    case 'receipts':
      return <ReceiptsPage />;
    case 'import':
      return <ImportPage />;
    case 'admin':
      return <AdminPage section={route.section} search={route.search} />;
    case 'setup':
    case 'view':
    case 'unknown':
      return <Unknown />;
  }
}

function Unknown(): VNode {
  const { navigator } = useApp();
  return (
    <Empty icon={FileQuestion} title={t('common.notFoundTitle')} text={t('common.notFoundText')}>
      <Button kind="primary" onClick={() => navigator.go('/')}>
        {t('common.backToList')}
      </Button>
    </Empty>
  );
}

function Unreachable(): VNode {
  const app = useApp();
  const { session } = app;
  return (
    <Empty icon={ServerOff} title={t('app.unreachable')} text={failureText(session.problem.value)}>
      <Button kind="primary" onClick={() => void begin(app)}>
        {t('common.retry')}
      </Button>
    </Empty>
  );
}
