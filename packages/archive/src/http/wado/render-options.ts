import { ArchiveError } from '../../core/errors.ts';
import type { ColourProfile, RenderOptions } from '../../core/ports.ts';

/** Longest edge of a rendered image: beyond any screen, and what one request may cost. */
const MAX_EDGE = 8192;
const MAX_THUMBNAIL_EDGE = 512;
const THUMBNAIL_EDGE = 192;

const SHAPES: ReadonlyMap<string, NonNullable<RenderOptions['window']>['shape']> = new Map([
  ['linear', 'linear'],
  ['linear_exact', 'linear-exact'],
  ['linear-exact', 'linear-exact'],
  ['sigmoid', 'sigmoid'],
]);

/** What of a rendered image depends on the request alone. */
export type AskedOptions = Pick<RenderOptions, 'quality' | 'window' | 'viewport' | 'profile'>;

/**
 * Reads the parameters of a rendered image: `quality`, `window=centre,width,function`, `viewport=vw,vh,sx,sy,sw,sh`, `iccprofile`.
 * PS3.18 8.3.5.
 * @throws ArchiveError `invalid-request` naming the parameter
 */
export function parseRenderOptions(query: URLSearchParams): AskedOptions {
  const quality = one(query, 'quality', 1, 100);
  const window = parseWindow(query.get('window'));
  const viewport = parseViewport(query.get('viewport'), MAX_EDGE);
  const profile = parseProfile(query.get('iccprofile'));
  return {
    ...(quality === undefined ? {} : { quality }),
    ...(window === undefined ? {} : { window }),
    ...(viewport === undefined ? {} : { viewport }),
    ...(profile === undefined ? {} : { profile }),
  };
}

const ANNOTATIONS = ['patient', 'technique'] as const;
export type Annotation = (typeof ANNOTATIONS)[number];

/** What is burnt into the picture, by `annotation=patient,technique`. PS3.18 8.3.5.1.1. @throws ArchiveError `invalid-request` */
export function parseAnnotation(text: string | null): readonly Annotation[] {
  const asked = (text ?? '').split(',').map((part) => part.trim().toLowerCase());
  const unknown = asked.find((part) => part !== '' && !ANNOTATIONS.some((known) => known === part));
  if (unknown !== undefined) {
    throw new ArchiveError(
      'invalid-request',
      `annotation is patient, technique, or both; not ${JSON.stringify(unknown.slice(0, 20))}.`,
    );
  }
  return ANNOTATIONS.filter((known) => asked.includes(known));
}

const PROFILES: readonly ColourProfile[] = ['no', 'yes', 'srgb', 'displayp3'];

/** PS3.18 8.3.5.1.5; of adobergb and rommrgb there is none here that may be given out. */
function parseProfile(text: string | null): ColourProfile | undefined {
  const profile = PROFILES.find((known) => known === text?.trim().toLowerCase());
  if (text !== null && profile === undefined) {
    throw new ArchiveError('invalid-request', `iccprofile is one of ${PROFILES.join(', ')}.`);
  }
  return profile;
}

/** A thumbnail takes a viewport without a crop; without one it is small. PS3.18 10.4.1.1.6. */
export function parseThumbnailOptions(query: URLSearchParams): AskedOptions {
  const viewport = parseViewport(query.get('viewport'), MAX_THUMBNAIL_EDGE);
  return { viewport: viewport ?? { columns: THUMBNAIL_EDGE, rows: THUMBNAIL_EDGE } };
}

function parseWindow(text: string | null): AskedOptions['window'] {
  if (text === null) {
    return undefined;
  }
  const [center, width, shape = 'linear', ...rest] = text.split(',').map((part) => part.trim());
  const found = SHAPES.get(shape.toLowerCase());
  const numbers = [number('window', center), number('window', width)] as const;
  if (found === undefined || rest.length > 0) {
    throw new ArchiveError(
      'invalid-request',
      'window is centre,width,function with LINEAR, LINEAR_EXACT or SIGMOID as function.',
    );
  }
  if (numbers[1] < (found === 'linear' ? 1 : Number.MIN_VALUE)) {
    throw new ArchiveError(
      'invalid-request',
      'window: the width must be at least 1, and greater than 0 for other functions than LINEAR.',
    );
  }
  return { center: numbers[0], width: numbers[1], shape: found };
}

function parseViewport(text: string | null, maxEdge: number): AskedOptions['viewport'] {
  if (text === null) {
    return undefined;
  }
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length !== 2 && parts.length !== 6) {
    throw new ArchiveError('invalid-request', 'viewport is width,height or width,height,left,top,width,height.');
  }
  const [columns, rows] = [edge(parts[0], maxEdge), edge(parts[1], maxEdge)];
  if (parts.length === 2) {
    return { columns, rows };
  }
  return { columns, rows, crop: parseCrop(parts.slice(2)) };
}

/** All there is, whatever the image. */
const TO_THE_END = 65_535;

/** Whatever is left out is as if all were asked for; a negative length shows the part mirrored. PS3.18 8.3.5.1.3. */
function parseCrop(parts: readonly string[]): NonNullable<NonNullable<AskedOptions['viewport']>['crop']> {
  const [left = 0, top = 0, across = TO_THE_END, down = TO_THE_END] = parts.map((part) =>
    part === '' ? undefined : number('viewport', part),
  );
  const [width, height] = [Math.floor(Math.abs(across)), Math.floor(Math.abs(down))];
  if (left < 0 || top < 0 || width < 1 || height < 1) {
    throw new ArchiveError('invalid-request', 'viewport: the part of the image must lie in it, and have a width and a height.');
  }
  const mirrored = { across: across < 0, down: down < 0 };
  return {
    left: Math.floor(left),
    top: Math.floor(top),
    width,
    height,
    ...(mirrored.across || mirrored.down ? { mirrored } : {}),
  };
}

function edge(text: string | undefined, max: number): number {
  const value = number('viewport', text);
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new ArchiveError('invalid-request', `viewport: width and height are whole numbers from 1 to ${max}.`);
  }
  return value;
}

function one(query: URLSearchParams, name: string, min: number, max: number): number | undefined {
  const text = query.get(name);
  if (text === null) {
    return undefined;
  }
  const value = number(name, text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ArchiveError('invalid-request', `${name} is a whole number from ${min} to ${max}.`);
  }
  return value;
}

function number(name: string, text: string | undefined): number {
  const value =
    text === undefined || !/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$/.test(text) ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new ArchiveError('invalid-request', `${name}: ${JSON.stringify(text?.slice(0, 20) ?? '')} is not a number.`);
  }
  return value;
}
