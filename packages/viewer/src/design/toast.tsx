import { type Signal, signal } from '@preact/signals';
import { CircleAlert, CircleCheck, X } from 'lucide-preact';
import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';
import { IconButton } from './button.tsx';

interface Toast {
  readonly id: number;
  readonly kind: 'success' | 'failure';
  readonly text: string;
}

const STAYS_MS = { success: 5_000, failure: 12_000 };
const MOST = 4;

const toasts: Signal<readonly Toast[]> = signal([]);
let lastId = 0;

/** Says shortly what happened, at the edge of the screen. A fault that stops the work belongs beside the work instead. */
export function toast(kind: Toast['kind'], text: string): void {
  lastId += 1;
  const id = lastId;
  toasts.value = [...toasts.value.slice(1 - MOST), { id, kind, text }];
  setTimeout(() => dismiss(id), STAYS_MS[kind]);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((entry) => entry.id !== id);
}

/** Where toasts appear; drawn once, by the application. */
export function Toasts(): VNode {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, kind, text }) => (
        <div key={id} class={`toast toast-${kind}`}>
          {kind === 'success' ? <CircleCheck size={18} aria-hidden="true" /> : <CircleAlert size={18} aria-hidden="true" />}
          <div class="grow">{text}</div>
          <IconButton small icon={X} label={t('common.close')} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
