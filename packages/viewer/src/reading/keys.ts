/** A key as actions name it: `Shift+` before it where it matters, letters in lower case, `Space` for the space bar. */
export type KeyName = string;

export interface PressedKey {
  readonly key: string;
  /** The place on the keyboard: a Vietnamese input method changes what a key types, not where it is. */
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** The name of a pressed key; undefined where it belongs to the browser or the system. */
export function keyName(event: PressedKey): KeyName | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) {
    return undefined;
  }
  const name =
    placeName(event.code) ?? (event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key);
  return event.shiftKey && name !== '?' ? `Shift+${name}` : name;
}

function placeName(code: string): string | undefined {
  const [, letter, digit, pad] = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d))$/.exec(code) ?? [];
  return letter?.toLowerCase() ?? digit ?? pad;
}

/** Ctrl+K, as in many programs; no choice of keys takes it away. */
export function opensPalette({ code, ctrlKey, metaKey, altKey, shiftKey }: PressedKey): boolean {
  return code === 'KeyK' && (ctrlKey || metaKey) && !altKey && !shiftKey;
}

const SHOWN: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Delete: 'Del',
};

/** How a key is written on its cap. `space` is the word for the space bar. */
export function keyCap(name: KeyName, space: string): string {
  const parts = name.split('+').filter((part) => part !== '');
  return (parts.length === 0 ? ['+'] : parts)
    .map((part) => (part === 'Space' ? space : (SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part))))
    .join(' + ');
}

/** Typing into a field is not a shortcut. */
export function isTyping(target: EventTarget | null): boolean {
  if (typeof HTMLElement === 'undefined' || !(target instanceof HTMLElement)) {
    return false;
  }
  const typed = target instanceof HTMLInputElement && !['range', 'checkbox', 'radio', 'button'].includes(target.type);
  return typed || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
