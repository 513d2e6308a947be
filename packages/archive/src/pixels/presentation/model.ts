import type { Box } from '../render/geometry.ts';

/** 0 to 255 each. */
export type Colour = readonly [red: number, green: number, blue: number];

export type Point = readonly [x: number, y: number];

/**
 * Where points are measured: in pixels of the image, whose upper left one has its centre at 1, 1, or in parts of what is shown.
 * PS3.3 C.10.5.1.
 */
export type Units = 'pixel' | 'display';

/** A line through points. */
export interface LineMark {
  readonly units: Units;
  readonly points: readonly Point[];
  readonly filled: boolean;
  readonly colour: Colour;
}

export interface TextMark {
  readonly units: Units;
  /** Upper left corner; the other end of the box that it is justified in, where there is one. */
  readonly at: Point;
  readonly to: Point | undefined;
  readonly justified: 'left' | 'center' | 'right';
  readonly text: string;
  readonly colour: Colour;
}

/** What is not shown, by shapes that all hold, in pixels of the image counted from 0. PS3.3 C.7.6.11. */
export interface Shutter {
  readonly shapes: readonly (
    | {
        readonly kind: 'rectangle';
        readonly left: number;
        readonly right: number;
        readonly upper: number;
        readonly lower: number;
      }
    | { readonly kind: 'circle'; readonly x: number; readonly y: number; readonly radius: number }
    | { readonly kind: 'polygon'; readonly points: readonly Point[] }
  )[];
  /** 0 to 255. */
  readonly shade: number;
}

/**
 * A plane of bits over the image; `bits` begins with that of its upper left pixel. Planes of old lie in a bit of the image's own cells that
 * its samples leave free. PS3.3 C.9.2, PS3.5 8.1.2 of 2003.
 */
export interface Overlay {
  readonly rows: number;
  readonly columns: number;
  /** Pixels of the image counted from 0; may lie outside of it. */
  readonly left: number;
  readonly top: number;
  readonly bits: Uint8Array | { readonly ofCells: number };
  readonly colour: Colour;
}

/** How a presentation state changes a picture, beyond what its values mean. PS3.4 N.2. */
export interface Presentation {
  /** Clockwise, before it is flipped. PS3.3 C.10.6. */
  readonly quarterTurns: 0 | 1 | 2 | 3;
  readonly flipped: boolean;
  /** In pixels of the image; may go beyond it. */
  readonly area: Box | undefined;
  /** Of a pixel on the screen to one of the image, where the state asks for it. */
  readonly magnification: number | undefined;
  readonly aspect: number | undefined;
  readonly shutter: Shutter | undefined;
  readonly overlays: readonly Overlay[];
  readonly lines: readonly LineMark[];
  readonly texts: readonly TextMark[];
}
