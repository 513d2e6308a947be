import { type Signal, signal } from '@preact/signals';

/** True while the sheet with the shortcuts is open. */
export const helpOpen: Signal<boolean> = signal(false);
