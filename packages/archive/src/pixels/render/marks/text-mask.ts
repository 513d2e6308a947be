import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

/** NOTE: a font of its own, since servers often have none, and few have the letters of Vietnamese. */
const FONT_FILE = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
const FONT = 'DejaVu Sans';
/** So points are pixels. */
const DPI = 72;

/** Ink, 0 to 255, of some text. */
export interface TextMask {
  readonly width: number;
  readonly height: number;
  readonly ink: Uint8Array;
}

/** @param height of the letters, in pixels @throws Error from the encoder where nothing can be drawn */
export async function textMask(
  text: string,
  height: number,
  align: 'left' | 'centre' | 'right' = 'left',
): Promise<TextMask | undefined> {
  const shown = [...text.replace(/\r\n?/g, '\n')].filter((letter) => letter === '\n' || letter >= ' ').join('');
  if (shown.trim() === '') {
    return undefined;
  }
  const { data, info } = await sharp({
    text: { text: escaped(shown), font: `${FONT} ${height}`, fontfile: FONT_FILE, dpi: DPI, align },
  })
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, ink: new Uint8Array(data) };
}

/** The encoder reads markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
