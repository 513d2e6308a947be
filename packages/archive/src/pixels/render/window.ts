import type { Window } from '../image/display.ts';

/** A value within a window to 0 ... 1. PS3.3 C.11.2.1.2.1, C.11.2.1.3. */
export function applyWindow(value: number, { center, width, shape }: Window): number {
  if (shape === 'sigmoid') {
    return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  }
  if (shape === 'linear-exact') {
    return clamp((value - center) / width + 0.5);
  }
  if (width <= 1) {
    return value > center - 0.5 ? 1 : 0;
  }
  return clamp((value - (center - 0.5)) / (width - 1) + 0.5);
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}

/** The window that shows `least` black and `greatest` white. */
export function windowOver(least: number, greatest: number): Window {
  const width = greatest > least ? greatest - least : 1;
  return { center: least + width / 2, width, shape: 'linear-exact' };
}
