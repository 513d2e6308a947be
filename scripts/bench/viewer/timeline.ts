import type { Look, Watched } from './watch.ts';

/** Bytes of an answer, when its last came. */
export interface Received {
  /** Milliseconds since the document began. */
  readonly at: number;
  readonly bytes: number;
}

/** Of one opening of a study. */
export interface Opened {
  /** Milliseconds from the beginning to the first picture, of whatever quality. */
  readonly firstMs: number;
  /** To the pictures as they stay. */
  readonly fullMs: number;
  /** Bytes of answers that were whole by then. */
  readonly firstBytes: number;
  readonly fullBytes: number;
}

/** Standard deviation of grey levels above which there is a picture, and not one colour. */
const PICTURE = 5;
/** Mean difference in grey levels up to which two pictures are one: drawn by another part of the program, or by another interpolation. */
const SAME = 3;

function spread(greys: readonly number[]): number {
  const mean = greys.reduce((sum, grey) => sum + grey, 0) / greys.length;
  return Math.sqrt(greys.reduce((sum, grey) => sum + (grey - mean) ** 2, 0) / greys.length);
}

function difference(one: Look, other: Look): number {
  return one.greys.reduce((sum, grey, index) => sum + Math.abs(grey - (other.greys[index] ?? 0)), 0) / one.greys.length;
}

/** Whether a look shows something. */
export function isPicture({ greys }: Look): boolean {
  return spread(greys) > PICTURE;
}

/** Whether there is a picture on a canvas, and nothing changed for some time. */
export function isSettled({ looks, visible, changedAt, now }: Watched, stillMs: number): boolean {
  const shown = looks.some((look) => look.kind === 'canvas' && visible.includes(look.id) && isPicture(look));
  return shown && now - changedAt >= stillMs;
}

/**
 * The first picture is the first look that is not of one colour. Full quality is reached when for each canvas that stays some canvas
 * first had the picture it stays with: an `img`, as a preview is, never is that. Throws when nothing was seen.
 */
export function openedOf({ looks, visible }: Watched, received: readonly Received[], beganAt: number): Opened {
  const pictures = looks.filter((look) => look.at >= beganAt && isPicture(look));
  const canvases = pictures.filter(({ kind }) => kind === 'canvas');
  const final = visible.flatMap((id) => canvases.findLast((look) => look.id === id) ?? []);
  const [first] = pictures;
  const reached = final.map((last) => canvases.find((look) => difference(look, last) <= SAME)?.at ?? last.at);
  if (first === undefined || reached.length === 0) {
    throw new Error('no picture was seen');
  }
  const full = Math.max(...reached);
  const bytesTo = (at: number) =>
    received.filter((one) => one.at >= beganAt && one.at <= at).reduce((sum, { bytes }) => sum + bytes, 0);
  return { firstMs: first.at - beganAt, fullMs: full - beganAt, firstBytes: bytesTo(first.at), fullBytes: bytesTo(full) };
}
