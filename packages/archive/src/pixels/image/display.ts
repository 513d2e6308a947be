import { type DataSet, firstNumber, firstText, items, numbers, TAG } from '@filmless/dicom';
import type { RenderOptions } from '../../core/ports.ts';
import type { PixelLayout } from './layout.ts';
import { type BulkReader, type LookupTable, readTable } from './lookup-table.ts';
import { type Palette, readPalette } from './palette.ts';

export type Window = NonNullable<RenderOptions['window']>;

/** Stored values to values that mean something. PS3.3 C.11.1. */
export type ModalityTransform =
  | { readonly kind: 'linear'; readonly slope: number; readonly intercept: number }
  | { readonly kind: 'table'; readonly table: LookupTable };

/** Those to shades of gray. PS3.3 C.11.2. */
export type VoiTransform =
  | { readonly kind: 'window'; readonly window: Window }
  | { readonly kind: 'table'; readonly table: LookupTable }
  /** All values the pixels can hold. */
  | { readonly kind: 'full-range' }
  /** From the least to the greatest value of the frame. */
  | { readonly kind: 'own-range' };

/** How one frame of an object wants to be shown: what the grayscale and colour pipelines need. PS3.4 N.2. */
export interface Display {
  readonly modality: ModalityTransform;
  readonly voi: VoiTransform;
  readonly invert: boolean;
  /** Of shades, made by a presentation state; its inputs are all shades there are. PS3.3 C.11.6. */
  readonly presentationLut?: LookupTable | undefined;
  /** Stored values that are no image. PS3.3 C.7.5.1.1.2. */
  readonly padding: { readonly from: number; readonly to: number } | undefined;
  readonly palette: Palette | undefined;
  /** Bits that make up the full range. */
  readonly fullBits: number;
  /** Height of a pixel divided by its width. */
  readonly aspect: number;
}

/** The attributes of one frame: its own functional groups first, then the shared ones, then the object's. PS3.3 C.7.6.16. */
interface FrameScope {
  find(sequence: string): DataSet | undefined;
}

export async function readDisplay(
  header: DataSet,
  frameIndex: number,
  layout: PixelLayout,
  bulk: BulkReader | undefined,
): Promise<Display> {
  const scope = frameScope(header, frameIndex);
  const gray = layout.samplesPerPixel === 1 && layout.photometricInterpretation !== 'PALETTE COLOR';
  return {
    modality: gray ? await readModality(header, scope, layout, bulk) : IDENTITY,
    voi: gray ? await readVoi(header, scope, layout, frameIndex, bulk) : { kind: 'full-range' },
    invert: gray && isInverted(header, layout),
    padding: gray ? readPadding(header, layout) : undefined,
    palette: layout.photometricInterpretation === 'PALETTE COLOR' ? await readPalette(header, layout.signed, bulk) : undefined,
    fullBits: layout.bitsStored,
    aspect: readAspect(header, scope),
  };
}

/** Float and Double Float Pixel Padding Value. PS3.3 C.7.5.1.1.2. */
const FLOAT_PADDING = '00280122';
const DOUBLE_PADDING = '00280123';

const IDENTITY: ModalityTransform = { kind: 'linear', slope: 1, intercept: 0 };

function frameScope(header: DataSet, frameIndex: number): FrameScope {
  const own = items(header, TAG.PerFrameFunctionalGroupsSequence)[frameIndex];
  const shared = items(header, TAG.SharedFunctionalGroupsSequence)[0];
  const first = (groups: DataSet | undefined, sequence: string): DataSet | undefined =>
    groups === undefined ? undefined : items(groups, sequence)[0];
  return { find: (sequence) => first(own, sequence) ?? first(shared, sequence) };
}

/** PS3.3 C.11.1, C.7.6.16.2.9. */
async function readModality(
  header: DataSet,
  scope: FrameScope,
  layout: PixelLayout,
  bulk: BulkReader | undefined,
): Promise<ModalityTransform> {
  const item = items(header, TAG.ModalityLUTSequence)[0];
  const table = item && (await readTable(item, TAG.LUTDescriptor, TAG.LUTData, layout.signed, bulk));
  if (table !== undefined) {
    return { kind: 'table', table };
  }
  const source = scope.find(TAG.PixelValueTransformationSequence) ?? header;
  const slope = firstNumber(source, TAG.RescaleSlope);
  const intercept = firstNumber(source, TAG.RescaleIntercept);
  return {
    kind: 'linear',
    slope: slope === undefined || slope === 0 || !Number.isFinite(slope) ? 1 : slope,
    intercept: intercept === undefined || !Number.isFinite(intercept) ? 0 : intercept,
  };
}

/** PS3.3 C.11.2, C.7.6.16.2.10. A table is preferred: where both are there it is what the machine's maker meant. */
async function readVoi(
  header: DataSet,
  scope: FrameScope,
  layout: PixelLayout,
  frameIndex: number,
  bulk: BulkReader | undefined,
): Promise<VoiTransform> {
  const item = items(header, TAG.VOILUTSequence)[0];
  const table = item && (await readTable(item, TAG.LUTDescriptor, TAG.LUTData, layout.signed, bulk));
  if (table !== undefined) {
    return { kind: 'table', table };
  }
  const window = readWindow(scope.find(TAG.FrameVOILUTSequence), 0) ?? readWindow(header, windowIndex(header, frameIndex));
  if (window !== undefined) {
    return { kind: 'window', window };
  }
  const small = layout.numbers === 'integer' && layout.bitsStored <= 8 && header[TAG.SegmentationType] === undefined;
  return { kind: small || layout.bitsAllocated === 1 ? 'full-range' : 'own-range' };
}

/** Several windows are alternatives, of which the first is taken, unless they go with the frames. PS3.3 C.11.2.1.2. */
function windowIndex(header: DataSet, frameIndex: number): number {
  const centers = numbers(header, TAG.WindowCenter).length;
  const perFrame = firstNumber(header, TAG.NumberOfFrames) === centers && pointsAtWindows(header);
  return perFrame ? frameIndex : 0;
}

function pointsAtWindows(header: DataSet): boolean {
  const pointers = header[TAG.FrameIncrementPointer]?.Value ?? [];
  return pointers.includes(TAG.WindowCenter) || pointers.includes(TAG.WindowWidth);
}

const SHAPES: Readonly<Record<string, Window['shape']>> = {
  LINEAR: 'linear',
  LINEAR_EXACT: 'linear-exact',
  SIGMOID: 'sigmoid',
};

function readWindow(source: DataSet | undefined, index: number): Window | undefined {
  if (source === undefined) {
    return undefined;
  }
  const center = numbers(source, TAG.WindowCenter)[index];
  const width = numbers(source, TAG.WindowWidth)[index];
  if (center === undefined || width === undefined || !Number.isFinite(center) || !(width > 0) || !Number.isFinite(width)) {
    return undefined;
  }
  return { center, width, shape: SHAPES[firstText(source, TAG.VOILUTFunction)?.trim().toUpperCase() ?? 'LINEAR'] ?? 'linear' };
}

/** The least stored value is white. PS3.3 C.7.6.3.1.2; C.8.11.3.1.2: INVERSE says the same of MONOCHROME1, not its opposite. */
function isInverted(header: DataSet, layout: PixelLayout): boolean {
  const shape = firstText(header, TAG.PresentationLUTShape)?.trim();
  return layout.photometricInterpretation === 'MONOCHROME1' || shape === 'INVERSE';
}

function readPadding(header: DataSet, layout: PixelLayout): Display['padding'] {
  const floating = layout.numbers === 'float' ? FLOAT_PADDING : DOUBLE_PADDING;
  const tag = layout.numbers === 'integer' ? TAG.PixelPaddingValue : floating;
  const value = firstNumber(header, tag);
  if (value === undefined) {
    return undefined;
  }
  const limit = layout.numbers === 'integer' ? firstNumber(header, TAG.PixelPaddingRangeLimit) : undefined;
  const from = asStored(value, layout);
  const to = limit === undefined ? from : asStored(limit, layout);
  return { from: Math.min(from, to), to: Math.max(from, to) };
}

/** A padding value written as US where the pixels are signed. */
function asStored(value: number, layout: PixelLayout): number {
  return layout.numbers === 'integer' && layout.signed && value > 32_767 && layout.bitsAllocated <= 16 ? value - 65_536 : value;
}

/** Pixel Aspect Ratio, or the spacing that says the same. PS3.3 C.7.6.3.1.7, 10.7. */
function readAspect(header: DataSet, scope: FrameScope): number {
  const measures = scope.find(TAG.PixelMeasuresSequence);
  const candidates = [
    measures && numbers(measures, TAG.PixelSpacing),
    numbers(header, TAG.PixelSpacing),
    numbers(header, TAG.ImagerPixelSpacing),
    numbers(header, TAG.NominalScannedPixelSpacing),
    numbers(header, TAG.PixelAspectRatio),
  ];
  for (const pair of candidates) {
    const [vertical, horizontal] = pair ?? [];
    if (vertical !== undefined && horizontal !== undefined && vertical > 0 && horizontal > 0) {
      const ratio = vertical / horizontal;
      return Number.isFinite(ratio) && ratio > 0.01 && ratio < 100 ? ratio : 1;
    }
  }
  return 1;
}
