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

/** What is to be made an object of the study. */
export type Publication =
  | { readonly kind: 'measurements'; readonly marks: readonly MeasuredMark[] }
  | {
      readonly kind: 'key-images';
      readonly title: KeyTitle;
      readonly description: string;
      readonly images: readonly KeyImage[];
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
