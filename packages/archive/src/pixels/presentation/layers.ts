import { type DataSet, firstNumber, firstText, items, numbers } from '@filmless/dicom';
import type { Colour } from './model.ts';
import { STATE } from './tags.ts';

export interface Layer {
  readonly order: number;
  readonly colour: Colour;
}

const WHITE: Layer = { order: 0, colour: [255, 255, 255] };

/** Graphic layers by name, and what is drawn in a layer nobody described. PS3.3 C.10.7. */
export function readLayers(state: DataSet): (name: string | undefined) => Layer {
  const layers = new Map(
    items(state, STATE.GraphicLayers).map((item): readonly [string, Layer] => [
      firstText(item, STATE.GraphicLayer)?.trim() ?? '',
      { order: firstNumber(item, STATE.LayerOrder) ?? 0, colour: colourOf(item) },
    ]),
  );
  return (name) => layers.get(name?.trim() ?? '') ?? WHITE;
}

function colourOf(layer: DataSet): Colour {
  const [l, a, b] = numbers(layer, STATE.LayerColour);
  if (l !== undefined && a !== undefined && b !== undefined) {
    return fromLab(l, a, b);
  }
  const gray = firstNumber(layer, STATE.LayerGray);
  const shade = gray === undefined ? 255 : clamp(gray / 257);
  return [shade, shade, shade];
}

/** CIELab as 16-bit integers under D50 to sRGB. PS3.3 C.10.7.1.1; IEC 61966-2-1. */
function fromLab(l16: number, a16: number, b16: number): Colour {
  const fy = ((l16 / 65_535) * 100 + 16) / 116;
  const fx = fy + ((a16 / 65_535) * 255 - 128) / 500;
  const fz = fy - ((b16 / 65_535) * 255 - 128) / 200;
  const inverse = (t: number): number => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));
  const [x, y, z] = [0.9642 * inverse(fx), inverse(fy), 0.8249 * inverse(fz)];
  const linear = [
    3.1339 * x - 1.6169 * y - 0.4906 * z,
    -0.9788 * x + 1.9161 * y + 0.0335 * z,
    0.0719 * x - 0.229 * y + 1.4052 * z,
  ];
  const [red = 0, green = 0, blue = 0] = linear.map((value) =>
    clamp(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * Math.max(0, value) ** (1 / 2.4) - 0.055)),
  );
  return [red, green, blue];
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
