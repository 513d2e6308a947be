import type { Picture } from '../model/pixels.ts';
import { imageToScreen, type Stage } from '../model/view.ts';
import { greyCurve } from '../model/windows.ts';
import { isInverted, type Scene, type Surface } from '../surface.ts';

/** Time for another surface to draw its first picture beneath. */
const HANDOVER_MS = 200;

/** Draws without a graphics card: slower for large images, the same picture. */
export function createCanvasSurface(element: HTMLElement): Surface {
  const canvas = document.createElement('canvas');
  // On top while it lasts: what comes after it begins black.
  canvas.style.cssText = 'position:absolute;inset:0;z-index:1;width:100%;height:100%';
  element.append(canvas);
  const context = canvas.getContext('2d');
  const buffer = document.createElement('canvas');
  let drawn: Scene | undefined;
  const resize = (): void => {
    canvas.width = Math.max(Math.round(element.clientWidth * devicePixelRatio), 1);
    canvas.height = Math.max(Math.round(element.clientHeight * devicePixelRatio), 1);
  };
  resize();
  const clear = (): void => context?.clearRect(0, 0, canvas.width, canvas.height);
  return {
    clear,
    resize,
    draw: (scene) => {
      if (
        drawn === undefined ||
        drawn.picture !== scene.picture ||
        drawn.grey !== scene.grey ||
        drawn.inverted !== scene.inverted
      ) {
        paint(buffer, scene);
      }
      drawn = scene;
      if (context !== null) {
        context.setTransform(1, 0, 0, 1, 0, 0);
        clear();
        context.setTransform(...imageToScreen(scene.view, stageOf(scene, canvas)));
        context.imageSmoothingEnabled = scene.smooth;
        context.drawImage(buffer, -0.5, -0.5);
      }
    },
    [Symbol.dispose]: () => setTimeout(() => canvas.remove(), HANDOVER_MS),
  };
}

function stageOf({ picture }: Scene, canvas: HTMLCanvasElement): Stage {
  const { columns, rows, frame } = picture;
  return { columns, rows, spacing: frame.displaySpacing, width: canvas.width, height: canvas.height };
}

/** The whole picture in its own pixels, after window and inversion. */
function paint(buffer: HTMLCanvasElement, scene: Scene): void {
  const { picture } = scene;
  buffer.width = picture.columns;
  buffer.height = picture.rows;
  const context = buffer.getContext('2d');
  if (context === null) {
    return;
  }
  const image = context.createImageData(picture.columns, picture.rows);
  const grey = greyTable(scene);
  if (picture.colour) {
    paintColour(image.data, picture.values, grey);
  } else {
    paintGrey(new Uint32Array(image.data.buffer), picture, grey);
  }
  context.putImageData(image, 0, 0);
}

function paintColour(out: Uint8ClampedArray, values: Picture['values'], grey: (value: number) => number): void {
  const table = Uint8Array.from({ length: 256 }, (_, value) => grey(value));
  for (let pixel = 0, at = 0; pixel < out.length; pixel += 4, at += 3) {
    out[pixel] = table[values[at] ?? 0] ?? 0;
    out[pixel + 1] = table[values[at + 1] ?? 0] ?? 0;
    out[pixel + 2] = table[values[at + 2] ?? 0] ?? 0;
    out[pixel + 3] = 255;
  }
}

/** Red, green, blue and opacity of a grey, least byte first. */
function greyPixel(grey: number): number {
  return (grey * 0x01_01_01) | 0xff_00_00_00;
}

/** Whole values are looked up: a radiograph of 9 million pixels has some thousands. */
function paintGrey(out: Uint32Array, { values, low, high }: Picture, grey: (value: number) => number): void {
  if (values instanceof Float32Array) {
    for (let pixel = 0; pixel < out.length; pixel += 1) {
      out[pixel] = greyPixel(grey(values[pixel] ?? 0));
    }
    return;
  }
  const table = Uint32Array.from({ length: high - low + 1 }, (_, index) => greyPixel(grey(low + index)));
  for (let pixel = 0; pixel < out.length; pixel += 1) {
    out[pixel] = table[(values[pixel] ?? 0) - low] ?? 0;
  }
}

const STEPS = 4096;

/** Grey 0 to 255 of a value, by a table of the curve. */
function greyTable(scene: Scene): (value: number) => number {
  const curve = greyCurve(scene.grey, isInverted(scene));
  const low = curve[0]?.[0] ?? 0;
  const high = curve.at(-1)?.[0] ?? 1;
  const table = new Uint8ClampedArray(STEPS);
  let segment = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const value = low + ((high - low) * step) / (STEPS - 1);
    while (segment < curve.length - 2 && value > (curve[segment + 1]?.[0] ?? 0)) {
      segment += 1;
    }
    const [x0, y0] = curve[segment] ?? [0, 0];
    const [x1, y1] = curve[segment + 1] ?? [1, 1];
    table[step] = Math.round((y0 + (y1 - y0) * (x1 === x0 ? 0 : (value - x0) / (x1 - x0))) * 255);
  }
  const scale = (STEPS - 1) / Math.max(high - low, 1e-9);
  return (value) => table[Math.min(Math.max(Math.round((value - low) * scale), 0), STEPS - 1)] ?? 0;
}
