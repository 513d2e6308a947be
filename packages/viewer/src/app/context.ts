import { type Context, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Client, createClient } from '../api/client.ts';
import { createOpenings, type Openings } from '../api/opening.ts';
import { createImportStore, type ImportStore } from '../import/import-store.ts';
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
  return { client, navigator: createNavigator(window), session, worklist: createWorklist(client), uploads, imports, openings };
}

/** Nothing of one person's work is shown to the next. */
export function forgetWork({ worklist, uploads, imports, openings }: App): void {
  openings.forget();
  worklist.forget();
  uploads.cancel();
  uploads.dismiss();
  imports.reset();
  imports.dismissUnfinished();
}

export const AppContext: Context<App | undefined> = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) {
    throw new Error('useApp is called outside the application');
  }
  return app;
}
