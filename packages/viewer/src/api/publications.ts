import { type Client, pathOf } from './client.ts';
import { object, text } from './json.ts';

/** UCUM, as the server takes them. */
export type PublishedUnit = 'mm' | 'mm2' | 'deg' | '1' | "[hnsf'U]" | '{pixels}';

type PublishedQuantity =
  | 'length'
  | 'longer-diameter'
  | 'shorter-diameter'
  | 'angle'
  | 'cobb-angle'
  | 'cardiothoracic-ratio'
  | 'heart-width'
  | 'chest-width'
  | 'area'
  | 'mean'
  | 'deviation'
  | 'least'
  | 'greatest';

export interface PublishedValue {
  readonly quantity: PublishedQuantity;
  readonly value: number;
  readonly unit: PublishedUnit;
  /** What it was measured on, by places in the list of the mark's points. */
  readonly lines?: readonly (readonly number[])[];
}

export const KEY_TITLES = ['of-interest', 'for-referring-provider', 'for-surgery', 'for-teaching', 'for-conference'] as const;
export type KeyTitle = (typeof KEY_TITLES)[number];

export interface KeyImage {
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly frames: readonly number[];
}

/** How an image stands on the screen. */
export interface ShownImage {
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly frame: number;
  readonly window?: { readonly center: number; readonly width: number };
  readonly inverted: boolean;
  /** Mirrored first, then turned by so many quarters to the right. */
  readonly mirrored: boolean;
  readonly turns: number;
}

export type Publication =
  | {
      readonly kind: 'measurements';
      readonly marks: readonly { readonly id: string; readonly values: readonly PublishedValue[] }[];
    }
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
      readonly marks: readonly { readonly id: string; readonly text: string }[];
    };

const parsePublished = object<{ readonly seriesInstanceUid: string; readonly sopInstanceUid: string }>({
  seriesInstanceUid: text,
  sopInstanceUid: text,
});

/** Makes an object of the study of what was measured or chosen; gives where it is. */
export function publish(
  client: Client,
  study: string,
  publication: Publication,
): Promise<{ readonly seriesInstanceUid: string; readonly sopInstanceUid: string }> {
  return client.exchange(pathOf('api', 'studies', study, 'publications'), { method: 'POST', body: publication }, parsePublished);
}
