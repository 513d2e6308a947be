import type { ReceivedObject } from '@filmless/dicom';

/** What a number measures. */
export const QUANTITIES = [
  'length',
  'longer-diameter',
  'shorter-diameter',
  'angle',
  'cobb-angle',
  'cardiothoracic-ratio',
  'heart-width',
  'chest-width',
  'area',
  'mean',
  'deviation',
  'least',
  'greatest',
] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** UCUM, as it stands in a report. */
export const UNITS = ['mm', 'mm2', 'deg', '1', "[hnsf'U]", '{pixels}'] as const;
export type Unit = (typeof UNITS)[number];

/** A number as who measures saw it on the screen. */
export interface MeasuredValue {
  readonly quantity: Quantity;
  readonly value: number;
  readonly unit: Unit;
  /** Lines it was measured on, each by places in the list of the mark's points; none for what is of a whole region. */
  readonly lines: readonly (readonly number[])[];
}

export interface MeasuredMark {
  /** Of the mark. */
  readonly id: string;
  readonly values: readonly MeasuredValue[];
}

/** Why images are key images. PS3.16 CID 7010. */
export const KEY_TITLES = [
  'of-interest',
  'for-referring-provider',
  'for-surgery',
  'for-teaching',
  'for-conference',
  'for-therapy',
  'best-in-set',
] as const;
export type KeyTitle = (typeof KEY_TITLES)[number];

interface KeyImage {
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** From 1; none: the whole object. */
  readonly frames: readonly number[];
}

/** How one image stands on a screen, with what was drawn on it. */
export interface ShownImage {
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** From 1. */
  readonly frame: number;
  /** In the values of the modality, as HU; none: that of the image. */
  readonly window?: { readonly center: number; readonly width: number } | undefined;
  /** Dark and bright exchanged against what the image says. */
  readonly inverted: boolean;
  /** Mirrored first, then turned by so many quarters to the right. */
  readonly mirrored: boolean;
  readonly turns: number;
}

/** A mark with the words that stand beside it. */
interface WordedMark {
  readonly id: string;
  readonly text: string;
}

/** What is to be made an object of the study. */
export type Publication =
  | { readonly kind: 'measurements'; readonly marks: readonly MeasuredMark[] }
  | {
      readonly kind: 'key-images';
      readonly title: KeyTitle;
      readonly description: string;
      readonly images: readonly KeyImage[];
    }
  | {
      readonly kind: 'presentation';
      readonly description: string;
      readonly image: ShownImage;
      readonly marks: readonly WordedMark[];
    };

/** An object ready to be stored. */
export interface MadePublication {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** Of the study. */
  readonly facility: string;
  readonly received: ReceivedObject;
}
