import type { Translated } from '../message.ts';
import type { Catalogue } from '../vi/index.ts';

/** What became of measurements and annotations: saved, or waiting on this computer. */
export const marks: Translated<Catalogue['marks']> = {
  saved: 'All measurements are saved on the server.',
  saving: 'Saving measurements…',
  waiting: 'No connection: {count} measurements are saved on this computer only, and are sent when it is back.',
  unkept: 'No connection, and the browser keeps nothing: {count} measurements are not saved anywhere. Do not close this page.',
  away: 'No connection: measurements are saved; new ones of others cannot be seen yet.',
  refused: 'The server does not take {count} measurements. Reload the page; if that does not help, tell the administrator.',
  viewOnly: 'You may only look at this study: measurements are on this page alone, and are not saved.',
  savedShort: 'Saved',
  savingShort: 'Saving…',
  waitingShort: 'On this computer',
  unkeptShort: 'Not saved',
  awayShort: 'No connection',
  refusedShort: 'Cannot save',
  viewOnlyShort: 'Not saved',
  by: 'Drawn by: {name}',
  deleteOwn: 'Delete my measurements',
  leaveTitle: 'Measurements were not sent to the server',
  leaveText:
    '{count} measurements are saved on this computer only. Signing out does not lose them: they are sent when you sign in on this computer again. After 30 days they are removed from it.',
  stay: 'Stay',
  lockedText: '{count} measurements are saved on this computer only; they are sent when you sign in again.',
};
