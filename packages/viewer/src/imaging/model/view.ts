import type { Point } from './geometry.ts';

/** Quarter turns to the right. */
type Turns = 0 | 1 | 2 | 3;

/** How a picture lies in its viewport: mirrored first, then turned, scaled and moved. */
export interface View {
  readonly turns: Turns;
  readonly mirrored: boolean;
  /** 1 fits the picture into the viewport. */
  readonly zoom: number;
  /** Point of the image in the middle of the viewport, as a share of its width and height from its middle. */
  readonly center: Point;
}

export const FITTED: View = { turns: 0, mirrored: false, zoom: 1, center: { x: 0, y: 0 } };

/** A picture and the room it is drawn in. `spacing` is the distance of pixel middles on the screen. */
export interface Stage {
  readonly columns: number;
  readonly rows: number;
  readonly spacing: Point;
  readonly width: number;
  readonly height: number;
}

const ZOOM_LIMITS: { readonly least: number; readonly greatest: number } = { least: 0.1, greatest: 64 };

/** The image axis (a step of 1 or -1 along x or y) that points in a direction (x, y) of the screen. */
export function axisTowards(view: View, x: number, y: number): Point {
  let [ax, ay] = [x, y];
  for (let turn = 0; turn < view.turns; turn += 1) {
    [ax, ay] = [ay, -ax];
  }
  return { x: (view.mirrored ? -ax : ax) + 0, y: ay + 0 };
}

/** The direction on the screen in which an image axis points: the inverse of `axisTowards`. */
function screenTowards(view: View, x: number, y: number): Point {
  let [sx, sy] = [view.mirrored ? -x : x, y];
  for (let turn = 0; turn < view.turns; turn += 1) {
    [sx, sy] = [-sy, sx];
  }
  return { x: sx, y: sy };
}

/** Screen pixels per unit of spacing at zoom 1. */
export function fitScale(view: View, stage: Stage): number {
  const [w, h] = [stage.columns * stage.spacing.x, stage.rows * stage.spacing.y];
  const [across, down] = view.turns % 2 === 0 ? [w, h] : [h, w];
  return Math.min(stage.width / across, stage.height / down);
}

/** Screen pixels per image row. 1 at "1:1". */
export function pixelScale(view: View, stage: Stage): number {
  return fitScale(view, stage) * view.zoom * Math.min(stage.spacing.x, stage.spacing.y);
}

/** The zoom at which an image pixel takes `pixels` pixels of the screen. */
export function zoomForScale(view: View, stage: Stage, pixels: number): number {
  return pixels / (fitScale(view, stage) * Math.min(stage.spacing.x, stage.spacing.y));
}

/** Image coordinates of the middle of the viewport. */
function middle(view: View, stage: Stage): Point {
  return { x: (view.center.x + 0.5) * stage.columns - 0.5, y: (view.center.y + 0.5) * stage.rows - 0.5 };
}

/** The affine map from image to screen, in the order of CanvasRenderingContext2D.setTransform. */
export function imageToScreen(
  view: View,
  stage: Stage,
): readonly [a: number, b: number, c: number, d: number, e: number, f: number] {
  const scale = fitScale(view, stage) * view.zoom;
  const x = screenTowards(view, scale * stage.spacing.x, 0);
  const y = screenTowards(view, 0, scale * stage.spacing.y);
  const at = middle(view, stage);
  return [x.x, x.y, y.x, y.y, stage.width / 2 - x.x * at.x - y.x * at.y, stage.height / 2 - x.y * at.x - y.y * at.y];
}

export function toScreen(view: View, stage: Stage, point: Point): Point {
  const [a, b, c, d, e, f] = imageToScreen(view, stage);
  return { x: a * point.x + c * point.y + e, y: b * point.x + d * point.y + f };
}

export function toImage(view: View, stage: Stage, point: Point): Point {
  const [a, b, c, d, e, f] = imageToScreen(view, stage);
  const [x, y] = [point.x - e, point.y - f];
  const determinant = a * d - b * c;
  return { x: (d * x - c * y) / determinant, y: (a * y - b * x) / determinant };
}

/**
 * Moved by less than a pixel, so that the corner of the picture is the corner of a pixel of the screen: at "1:1" each image pixel
 * is then one of the screen, and not a share of four. `dense` is how many pixels of the screen make one of the stage.
 */
export function onPixelGrid(view: View, stage: Stage, dense: number): View {
  const corner = toScreen(view, stage, { x: -0.5, y: -0.5 });
  // A corner in the middle of a pixel goes one way, whatever the last bit of the sum was.
  const onto = (at: number): number => Math.floor(at * dense + 0.5 + 1e-6) / dense - at;
  return panned(view, stage, onto(corner.x), onto(corner.y));
}

/** Moves the picture by screen pixels. Some of it always stays in sight. */
export function panned(view: View, stage: Stage, dx: number, dy: number): View {
  const at = toImage(view, stage, { x: stage.width / 2 - dx, y: stage.height / 2 - dy });
  return {
    ...view,
    center: heldIn({ x: (at.x + 0.5) / stage.columns - 0.5, y: (at.y + 0.5) / stage.rows - 0.5 }, view.center),
  };
}

/** The view after something else than the page moved it; within the bounds of the page. */
export function looked(view: View, center: Point, zoom: number): View {
  return {
    ...view,
    zoom: Math.min(Math.max(zoom, ZOOM_LIMITS.least), ZOOM_LIMITS.greatest),
    center: heldIn(center, view.center),
  };
}

/** Zooms by a factor while the image point under `anchor` stays where it is. */
export function zoomedAt(view: View, stage: Stage, factor: number, anchor: Point): View {
  const zoom = Math.min(Math.max(view.zoom * factor, ZOOM_LIMITS.least), ZOOM_LIMITS.greatest);
  const held = toImage(view, stage, anchor);
  const zoomed = { ...view, zoom };
  const now = toScreen(zoomed, stage, held);
  return panned(zoomed, stage, anchor.x - now.x, anchor.y - now.y);
}

export function turned(view: View, quarter: 1 | -1): View {
  return { ...view, turns: asTurns(view.turns + quarter) };
}

/** Mirrors what is seen, left to right or top to bottom, whatever turns came before. */
export function flipped(view: View, direction: 'horizontal' | 'vertical'): View {
  const turns = asTurns((direction === 'horizontal' ? 0 : 2) - view.turns);
  return { ...view, turns, mirrored: !view.mirrored };
}

function asTurns(value: number): Turns {
  const turns = ((value % 4) + 4) % 4;
  return turns === 1 || turns === 2 || turns === 3 ? turns : 0;
}

/** Some of a picture stays in sight; one that was put farther out, at the edge of its pane, moves from there only inwards. */
function heldIn(center: Point, before: Point): Point {
  const limit = (at: number): number => Math.max(0.5, Math.abs(at));
  return { x: clamp(center.x, limit(before.x)), y: clamp(center.y, limit(before.y)) };
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit);
}
