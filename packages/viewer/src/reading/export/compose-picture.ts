import type { ViewportWords } from '../viewport-words.ts';

/** Distance of words from the edges of the picture, and of lines from each other, in CSS pixels. */
const MARGIN = 10;
const LINE = 17;
const FONT = '12px system-ui, sans-serif';
const BOLD = '600 14px system-ui, sans-serif';
const INK = '#dfe6ec';
const LETTER_INK = '#ffe6a8';

/**
 * What a pane shows, as a PNG of as many pixels as it has on the screen: the picture, what was drawn on it, and the words, also where
 * they are switched off on the screen.
 * @param pane the element that is drawn on
 */
export async function composePicture(
  pane: HTMLElement,
  words: ViewportWords,
  dense: number = devicePixelRatio,
): Promise<Uint8Array> {
  const { clientWidth: width, clientHeight: height } = pane;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * dense);
  canvas.height = Math.round(height * dense);
  const context = canvas.getContext('2d');
  if (context === null) {
    throw new Error('no canvas');
  }
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(dense, dense);
  const corner = pane.getBoundingClientRect();
  for (const layer of pane.querySelectorAll<HTMLCanvasElement | SVGSVGElement>('canvas, svg')) {
    const { left, top, width: across, height: down } = layer.getBoundingClientRect();
    const drawn = layer instanceof HTMLCanvasElement ? layer : await drawnSvg(layer, across, down);
    if (across > 0 && down > 0) {
      context.drawImage(drawn, left - corner.left, top - corner.top, across, down);
    }
  }
  writeWords(context, words, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) {
    throw new Error('no picture');
  }
  return new Uint8Array(await blob.arrayBuffer());
}

/** Marks lie above the picture as SVG. */
async function drawnSvg(layer: SVGSVGElement, width: number, height: number): Promise<HTMLImageElement> {
  const copy = layer.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}

type Pen = (text: string, x: number, y: number) => void;

function writeWords(context: CanvasRenderingContext2D, { corners, letters }: ViewportWords, width: number, height: number): void {
  const write: Pen = (text, x, y) => {
    // A dark edge keeps words apart from bone and from white film.
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  };
  context.strokeStyle = '#000000';
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.fillStyle = INK;
  context.textBaseline = 'top';
  context.textAlign = 'left';
  for (const [at, line] of corners.topLeft.entries()) {
    context.font = at === 0 ? BOLD : FONT;
    write(line, MARGIN, MARGIN + at * LINE);
  }
  context.font = FONT;
  for (const [at, line] of corners.bottomLeft.entries()) {
    write(line, MARGIN, height - MARGIN - (corners.bottomLeft.length - at) * LINE);
  }
  context.textAlign = 'right';
  for (const [at, line] of corners.topRight.entries()) {
    write(line, width - MARGIN, MARGIN + at * LINE);
  }
  for (const [at, line] of corners.bottomRight.entries()) {
    write(line, width - MARGIN, height - MARGIN - (corners.bottomRight.length - at) * LINE);
  }
  if (letters !== undefined) {
    writeLetters(context, write, letters, width, height);
  }
}

function writeLetters(
  context: CanvasRenderingContext2D,
  write: Pen,
  { top, right, bottom, left }: NonNullable<ViewportWords['letters']>,
  width: number,
  height: number,
): void {
  context.font = '600 15px system-ui, sans-serif';
  context.fillStyle = LETTER_INK;
  context.textAlign = 'center';
  write(top, width / 2, MARGIN);
  context.textBaseline = 'bottom';
  write(bottom, width / 2, height - MARGIN);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  write(left, MARGIN, height / 2);
  context.textAlign = 'right';
  write(right, width - MARGIN, height / 2);
}
