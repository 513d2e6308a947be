import { type DataSet, firstNumber, firstText, items, numbers, TAG } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { AppliedState, EncodedFrame } from '../../core/ports.ts';
import { type Display, readDisplay } from '../image/display.ts';
import type { PixelLayout } from '../image/layout.ts';
import { readTable } from '../image/lookup-table.ts';
import { readPalette } from '../image/palette.ts';
import type { Box } from '../render/geometry.ts';
import { Bounded } from './bounds.ts';
import { readGraphics } from './graphics.ts';
import type { Presentation } from './model.ts';
import { readOverlays } from './overlays.ts';
import { isFor, isStateOf, type Subject } from './references.ts';
import { readShutter } from './shutter.ts';
import { STATE } from './tags.ts';

/** Grayscale, Color and Pseudo-Color Softcopy Presentation State. PS3.3 A.33. */
const GRAYSCALE = '1.2.840.10008.5.1.4.1.1.11.1';
const COLOUR = '1.2.840.10008.5.1.4.1.1.11.2';
const PSEUDO_COLOUR = '1.2.840.10008.5.1.4.1.1.11.3';

export interface Presented {
  readonly display: Display;
  readonly presentation: Presentation;
}

/**
 * What a presentation state makes of a frame. Only what it says counts, and not what the image says of the same. PS3.4 N.2.
 * @throws ArchiveError `invalid-request` for a state of other images, `not-acceptable` for one of another kind
 */
export async function readPresentation(frame: EncodedFrame, layout: PixelLayout, state: AppliedState): Promise<Presented> {
  const { header, bulk } = state;
  const kind = firstText(header, TAG.SOPClassUID)?.trim() ?? '';
  if (![GRAYSCALE, COLOUR, PSEUDO_COLOUR].includes(kind)) {
    throw new ArchiveError(
      'not-acceptable',
      `What is to be applied is no grayscale, colour or pseudo-colour presentation state (SOP class ${JSON.stringify(kind.slice(0, 64))}).`,
    );
  }
  const subject: Subject = { sopInstanceUid: frame.sopInstanceUid ?? '', frameIndex: frame.frameIndex };
  if (!isStateOf(header, subject)) {
    throw new ArchiveError('invalid-request', 'The presentation state does not refer to this image or frame.');
  }
  const area = items(header, TAG.DisplayedAreaSelectionSequence).find((item) => isFor(item, subject));
  const aspect = area && aspectOf(area);
  const base = await displayOf(frame, layout, state, subject);
  const palette = kind === PSEUDO_COLOUR ? await readPalette(header, layout.signed, bulk) : undefined;
  return {
    display: {
      ...base,
      presentationLut: await presentationLut(state),
      ...(palette === undefined ? {} : { palette }),
      ...(aspect === undefined ? {} : { aspect }),
    },
    presentation: {
      ...turnsOf(header),
      area: area && boxOf(area),
      magnification: area && magnificationOf(area),
      aspect,
      shutter: readShutter(header, new Bounded()),
      overlays: await readOverlays({ header, bulk }, { header: frame.header, bulk: frame.bulk }),
      ...readGraphics(header, subject),
    },
  };
}

/** Of the image only what its pixels are; what they mean, and how they are windowed, the state says. PS3.4 N.2.1. */
async function displayOf(
  frame: EncodedFrame,
  layout: PixelLayout,
  { header, bulk }: AppliedState,
  subject: Subject,
): Promise<Display> {
  if (layout.samplesPerPixel > 1 || layout.photometricInterpretation === 'PALETTE COLOR') {
    return await readDisplay(frame.header, frame.frameIndex, layout, frame.bulk);
  }
  const voi = items(header, TAG.SoftcopyVOILUTSequence).find((item) => isFor(item, subject));
  const said = pick(header, [TAG.ModalityLUTSequence, TAG.RescaleSlope, TAG.RescaleIntercept, TAG.PresentationLUTShape]);
  const windowed = pick(voi ?? {}, [TAG.VOILUTSequence, TAG.WindowCenter, TAG.WindowWidth, TAG.VOILUTFunction]);
  const ofImage = pick(frame.header, [
    TAG.PixelPaddingValue,
    TAG.PixelPaddingRangeLimit,
    TAG.PixelSpacing,
    TAG.ImagerPixelSpacing,
    TAG.PixelAspectRatio,
  ]);
  const gray = { ...layout, photometricInterpretation: 'MONOCHROME2' };
  const display = await readDisplay({ ...ofImage, ...said, ...windowed }, 0, gray, bulk);
  return display.voi.kind === 'own-range' ? { ...display, voi: { kind: 'full-range' } } : display;
}

function pick(from: DataSet, tags: readonly string[]): DataSet {
  return Object.fromEntries(tags.flatMap((tag) => (from[tag] === undefined ? [] : [[tag, from[tag]]])));
}

async function presentationLut({ header, bulk }: AppliedState): Promise<Display['presentationLut']> {
  const item = items(header, TAG.PresentationLUTSequence)[0];
  return item && (await readTable(item, STATE.LutDescriptor, STATE.LutData, false, bulk));
}

const TURNS = [0, 1, 2, 3] as const;

/** PS3.3 C.10.6. */
function turnsOf(state: DataSet): Pick<Presentation, 'quarterTurns' | 'flipped'> {
  const degrees = firstNumber(state, STATE.Rotation) ?? 0;
  return {
    quarterTurns: TURNS[((Math.round(degrees / 90) % 4) + 4) % 4] ?? 0,
    flipped: firstText(state, STATE.Flip)?.trim() === 'Y',
  };
}

/** The corners are pixels of the image, and which is left or upper depends on how it is turned. PS3.3 C.10.4. */
function boxOf(area: DataSet): Box | undefined {
  const [x1, y1] = numbers(area, STATE.AreaTopLeft);
  const [x2, y2] = numbers(area, STATE.AreaBottomRight);
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) {
    return undefined;
  }
  const box = {
    left: Math.round(Math.min(x1, x2)) - 1,
    top: Math.round(Math.min(y1, y2)) - 1,
    width: Math.round(Math.abs(x2 - x1)) + 1,
    height: Math.round(Math.abs(y2 - y1)) + 1,
  };
  if (Math.max(...Object.values(box).map(Math.abs)) > 65_535) {
    throw new ArchiveError('cannot-decode', 'The displayed area of the presentation state is larger than any image.');
  }
  return box;
}

function magnificationOf(area: DataSet): number | undefined {
  const ratio = firstNumber(area, STATE.Magnification);
  const isAsked = firstText(area, STATE.SizeMode)?.trim() === 'MAGNIFY';
  return isAsked && ratio !== undefined && ratio > 0.01 && ratio < 100 ? ratio : undefined;
}

function aspectOf(area: DataSet): number | undefined {
  for (const tag of [STATE.PixelSpacing, STATE.AspectRatio]) {
    const [vertical, horizontal] = numbers(area, tag);
    if (vertical !== undefined && horizontal !== undefined && vertical > 0 && horizontal > 0) {
      const ratio = vertical / horizontal;
      return ratio > 0.01 && ratio < 100 ? ratio : 1;
    }
  }
  return undefined;
}
