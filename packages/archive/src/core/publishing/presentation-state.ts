import { type Attribute, type DataSet, firstText, TAG, type TagKey } from '@filmless/dicom';
import type { Mark } from '../marks/model.ts';
import { decimal, type ImageReference } from './content.ts';
import { type Graphic, graphicsOf } from './mark-graphic.ts';
import type { ShownImage } from './model.ts';

export interface StateFacts {
  readonly shown: ShownImage;
  readonly seriesInstanceUid: string;
  readonly image: ImageReference;
  /** Of the image. */
  readonly header: DataSet;
  readonly description: string;
  readonly by: string;
  /** `YYYYMMDD`, `HHMMSS`: local. */
  readonly now: { readonly date: string; readonly time: string };
  readonly marks: readonly { readonly mark: Mark; readonly text: string }[];
}

const LAYER = 'MEASUREMENTS';

const cs = (value: string): Attribute => ({ vr: 'CS', Value: [value] });
const sequence = (...all: readonly DataSet[]): Attribute => ({ vr: 'SQ', Value: all });

/** How an image is shown and what is drawn on it. PS3.3 A.33.1. */
export function presentationState(facts: StateFacts): DataSet {
  const { header, description, by, now, shown } = facts;
  const isMonochrome1 = firstText(header, TAG.PhotometricInterpretation) === 'MONOCHROME1';
  return {
    ...copied(header, [TAG.RescaleIntercept, TAG.RescaleSlope, TAG.RescaleType]),
    '00081115': sequence({ '00081140': sequence(referenced(facts)), '0020000E': { vr: 'UI', Value: [facts.seriesInstanceUid] } }),
    ...windowOf(facts),
    ...annotations(facts),
    // A quarter turn before the mirror is one back after it. PS3.3 C.10.6.
    '00700041': cs(shown.mirrored ? 'Y' : 'N'),
    '00700042': { vr: 'US', Value: [90 * (shown.mirrored ? (4 - shown.turns) % 4 : shown.turns)] },
    '0070005A': sequence(area(header)),
    '00700080': cs('FILMLESS'),
    '00700081': { vr: 'LO', Value: [description.slice(0, 64)] },
    '00700082': { vr: 'DA', Value: [now.date] },
    '00700083': { vr: 'TM', Value: [now.time] },
    '00700084': { vr: 'PN', Value: [{ Alphabetic: by.replaceAll(/[\\^=]/g, ' ').slice(0, 64) }] },
    '20500020': cs(isMonochrome1 !== shown.inverted ? 'INVERSE' : 'IDENTITY'),
  };
}

/** The values of the modality are made as the image says. PS3.3 C.11.1. */
function copied(header: DataSet, tags: readonly TagKey[]): DataSet {
  return Object.fromEntries(tags.flatMap((tag) => (header[tag] === undefined ? [] : [[tag, header[tag]]])));
}

function referenced({ image }: StateFacts): DataSet {
  return {
    '00081150': { vr: 'UI', Value: [image.sopClassUid] },
    '00081155': { vr: 'UI', Value: [image.sopInstanceUid] },
    ...(image.frames.length === 0 ? {} : { '00081160': { vr: 'IS', Value: [...image.frames] } as const }),
  };
}

function windowOf({ shown: { window } }: StateFacts): DataSet {
  return window === undefined
    ? {}
    : {
        '00283110': sequence({
          '00281050': { vr: 'DS', Value: [decimal(window.center)] },
          '00281051': { vr: 'DS', Value: [decimal(window.width)] },
        }),
      };
}

/** The whole image, fitted to the screen. PS3.3 C.10.4. */
function area(header: DataSet): DataSet {
  const spacing = header[TAG.PixelSpacing] ?? header[TAG.ImagerPixelSpacing];
  return {
    '00700052': { vr: 'SL', Value: [1, 1] },
    '00700053': { vr: 'SL', Value: [numberOf(header, TAG.Columns), numberOf(header, TAG.Rows)] },
    '00700100': cs('SCALE TO FIT'),
    ...(spacing === undefined
      ? { '00700102': header[TAG.PixelAspectRatio] ?? { vr: 'IS', Value: ['1', '1'] } }
      : { '00700101': { vr: 'DS', Value: spacing.Value ?? [] } }),
  };
}

function numberOf(header: DataSet, tag: string): number {
  const [value] = header[tag]?.Value ?? [];
  return typeof value === 'number' ? value : 1;
}

/** PS3.3 C.10.5, C.10.7; none where nothing was drawn. */
function annotations({ marks }: StateFacts): DataSet {
  if (marks.length === 0) {
    return {};
  }
  const texts = marks.flatMap(({ mark, text }) => (text === '' ? [] : [textOf(mark, text)]));
  return {
    '00700001': sequence({
      '00700002': cs(LAYER),
      ...(texts.length === 0 ? {} : { '00700008': sequence(...texts) }),
      '00700009': sequence(...marks.flatMap(({ mark }) => graphicsOf(mark).map(shape))),
    }),
    '00700060': sequence({ '00700002': cs(LAYER), '00700062': { vr: 'IS', Value: ['1'] } }),
  };
}

function shape({ type, data }: Graphic): DataSet {
  return {
    '00700005': cs('PIXEL'),
    '00700020': { vr: 'US', Value: [2] },
    '00700021': { vr: 'US', Value: [data.length / 2] },
    '00700022': { vr: 'FL', Value: [...data] },
    '00700023': cs(type),
    '00700024': cs('N'),
  };
}

/** Beside the last point of what was drawn. */
function textOf(mark: Mark, text: string): DataSet {
  const data = graphicsOf(mark).at(-1)?.data ?? [0, 0];
  return {
    '00700004': cs('PIXEL'),
    '00700006': { vr: 'ST', Value: [text.slice(0, 1000)] },
    '00700014': { vr: 'FL', Value: data.slice(-2) },
    '00700015': cs('N'),
  };
}
