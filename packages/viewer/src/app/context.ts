import { type Context, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Client, createClient } from '../api/client.ts';
import { createOpenings, type Openings } from '../api/opening.ts';
import { createImportStore, type ImportStore } from '../import/import-store.ts';
import { createIndexedOutbox } from '../marks/indexed-outbox.ts';
import { createMarkKeeper, type MarkKeeper } from '../marks/mark-keeper.ts';
import { createSettingsStore, type SettingsStore } from '../settings/settings-store.ts';
import { createUploads, type Uploads } from '../upload/uploads.ts';
import { createWorklist, type Worklist } from '../worklist/worklist-store.ts';
import { createNavigator, type Navigator } from './navigator.ts';
import { createSessionStore, type SessionStore } from './session-store.ts';

/** What the pages share. Made once, when the page is loaded. */
export interface App {
  readonly client: Client;
  readonly navigator: Navigator;
  readonly session: SessionStore;
  readonly worklist: Worklist;
  readonly uploads: Uploads;
  readonly imports: ImportStore;
  readonly openings: Openings;
  readonly settings: SettingsStore;
  readonly marks: MarkKeeper;
}

export function createApp(window: Window & typeof globalThis): App {
  const session: SessionStore = createSessionStore(() => client);
  const client: Client = createClient({ fetch: window.fetch.bind(window), onSignedOut: () => session.expire() });
  const uploads = createUploads(() => session.expire());
  const imports = createImportStore({
    client,
    onSignedOut: () => session.expire(),
    userId: () => session.session.value?.user.id ?? '',
  });
  const openings = createOpenings(client);
  const settings = createSettingsStore(client);
  const marks = createMarkKeeper({
    client,
    outbox: createIndexedOutbox(),
    person: () => {
      const user = session.session.value?.user;
      return { id: user?.id ?? '', name: user?.displayName || user?.username || '' };
    },
    now: Date.now,
  });
  const navigator = createNavigator(window);
  return { client, navigator, session, worklist: createWorklist(client), uploads, imports, openings, settings, marks };
}

/** Nothing of one person's work is shown to the next. */
export function forgetWork({ worklist, uploads, imports, openings, settings, marks }: App): void {
  openings.forget();
  worklist.forget();
  uploads.cancel();
  uploads.dismiss();
  imports.reset();
  imports.dismissUnfinished();
  settings.forget();
  marks.forget();
}

export const AppContext: Context<App | undefined> = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) {
    throw new Error('useApp is called outside the application');
  }
  return app;
}
