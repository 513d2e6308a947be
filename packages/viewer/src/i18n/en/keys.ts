import type { Translated } from '../message.ts';
import type { Catalogue } from '../vi/index.ts';

export const keys: Translated<Catalogue['keys']> = {
  palette: 'Find an action',
  palettePlaceholder: 'Part of the name of an action, a series or a prior study',
  paletteList: 'Actions',
  paletteNone: 'No action is called so',
  paletteHint: '↑ ↓ to choose, Enter to do it',
  windowNumber: 'Window {number} of the image',
  change: 'Change key: {action}',
  press: 'Press a key…',
  pressHint: 'Press the key for “{action}”. Esc leaves it.',
  taken: 'Key {key} is used for “{other}”. Moved to “{action}”, “{other}” loses it.',
  take: 'Move the key',
  keep: 'Leave it',
  conflict: 'Key {key} is given to several actions: {actions}. Only the first one runs.',
  reset: 'Back to its own key: {action}',
  resetAll: 'All keys as they come',
  none: 'none',
  intro: 'Press a key here to change it. Your keys are kept on the server and go with you to any computer.',
  saveFailed: 'The key could not be kept: {reason}',
};
