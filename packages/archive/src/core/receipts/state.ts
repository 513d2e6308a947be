import type { ReceiptState } from './model.ts';

interface Standing {
  /** Images still come in, as far as can be told. */
  readonly arriving: boolean;
  readonly missing: number;
  readonly refused: number;
  readonly conflicts: number;
  readonly aside: number;
  readonly waiting: number;
}

/** What is missing while images come in is on its way; what was refused or set aside waits for somebody at once. */
export function receiptState({ arriving, missing, refused, conflicts, aside, waiting }: Standing): ReceiptState {
  if (refused > 0 || conflicts > 0 || aside > 0 || (missing > 0 && !arriving)) {
    return 'problem';
  }
  if (arriving) {
    return 'incomplete';
  }
  return waiting > 0 ? 'waiting' : 'complete';
}
