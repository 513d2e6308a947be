import type { Display, ModalityTransform, VoiTransform, Window } from '../image/display.ts';
import { lookUp } from '../image/lookup-table.ts';
import type { Samples } from '../image/samples.ts';
import { type CellForm, type Shading, shadeTable } from './shade-table.ts';
import { applyWindow, windowOver } from './window.ts';

/** Where the value lies within a stored cell: what is beyond it (old overlays) is no part of the image. PS3.5 8.1.1. */
export interface CellMask {
  readonly shift: number;
  readonly bits: number;
}

type Stored = (raw: number) => number;

/**
 * The grayscale pipeline: stored values to 8-bit shades. PS3.4 N.2.
 * @param memory what the shades of up to 16 bits are written to, if it has room for them
 */
export function toGray(
  samples: Samples,
  display: Display,
  mask: CellMask | undefined,
  window: Window | undefined,
  memory?: Uint8Array,
): Uint8Array {
  const { data } = samples;
  const stored = storedValue(samples, mask);
  const isPadding = paddingTest(display);
  if (data instanceof Float32Array || data instanceof Float64Array || data.BYTES_PER_ELEMENT > 2) {
    return eachPixel(samples, display, stored, isPadding, window);
  }
  const table = tableFor(samples, display, mask, stored, isPadding, window);
  const out = memory === undefined || memory.length < data.length ? new Uint8Array(data.length) : memory.subarray(0, data.length);
  map(unsignedCells(data), table, out);
  return out;
}

/**
 * Up to 16 bits: the shade of each value is worked out once. All of them where images to come will have the same, of which it is
 * known which are alike; otherwise those there are, some thousand of the 65,536.
 */
function tableFor(
  samples: Samples,
  display: Display,
  mask: CellMask | undefined,
  stored: Stored,
  isPadding: (value: number) => boolean,
  window: Window | undefined,
): Uint8Array {
  const { data } = samples;
  const cells = unsignedCells(data);
  const size = 2 ** (8 * data.BYTES_PER_ELEMENT);
  const signed = data instanceof Int8Array || data instanceof Int16Array;
  const name = tableName(samples, display, mask, window);
  const kept = name === undefined ? undefined : KEPT.get(name);
  if (kept !== undefined) {
    return kept;
  }
  const form = name === undefined ? undefined : cellForm(samples, mask);
  if (name !== undefined && form !== undefined) {
    const table = shadeTable(8 * data.BYTES_PER_ELEMENT, form, windowShading(display, window, data));
    keep(name, table);
    return table;
  }
  const storedOf = (cell: number): number => stored(signed && cell >= size / 2 ? cell - size : cell);
  const present = presentIn(cells, size);
  const shade = shader(display, window, data, () => {
    const range = newRange();
    for (const value of present.map(storedOf)) {
      if (!isPadding(value)) {
        widen(range, applyModality(display.modality, value));
      }
    }
    return range;
  });
  const table = new Uint8Array(size);
  for (const cell of present) {
    const value = storedOf(cell);
    table[cell] = isPadding(value) ? 0 : shade(value);
  }
  return table;
}

/** How values stand in the cells; undefined where they are said to have more bits than the cells. */
function cellForm({ data, bitsStored, signed }: Samples, mask: CellMask | undefined): CellForm | undefined {
  const cellBits = 8 * data.BYTES_PER_ELEMENT;
  if (mask === undefined || (mask.shift === 0 && mask.bits >= cellBits)) {
    return { bits: cellBits, shift: 0, signed: data instanceof Int8Array || data instanceof Int16Array };
  }
  return mask.shift + mask.bits > cellBits ? undefined : { ...mask, signed: signed && bitsStored > 1 };
}

/** A window's shades never turn back; the two ends of a sigmoid are flat, and there the last digit may. */
function windowShading(display: Display, window: Window | undefined, data: Samples['data']): Shading {
  const shape = (window ?? (display.voi.kind === 'window' ? display.voi.window : undefined))?.shape;
  return { shade: shader(display, window, data, newRange), monotone: shape !== 'sigmoid', padding: display.padding };
}

/** Tables of shades that were used last, the oldest first: the images of a series mostly share one. One has 64 KiB. */
const KEPT = new Map<string, Uint8Array>();
const MOST_KEPT = 8;

function keep(name: string, table: Uint8Array): void {
  KEPT.delete(name);
  KEPT.set(name, table);
  const [oldest] = KEPT.keys();
  if (KEPT.size > MOST_KEPT && oldest !== undefined) {
    KEPT.delete(oldest);
  }
}

/** All that shades depend on; undefined where they depend on the frame itself, or on a table of its own. */
function tableName(
  { data, bitsStored, signed }: Samples,
  { modality, voi, ...more }: Display,
  mask: CellMask | undefined,
  window: Window | undefined,
): string | undefined {
  const voiUsed = window ?? (voi.kind === 'window' ? voi.window : undefined);
  if (voiUsed === undefined || modality.kind !== 'linear' || more.palette !== undefined || more.presentationLut !== undefined) {
    return undefined;
  }
  return JSON.stringify([data.constructor.name, bitsStored, signed, mask, modality, voiUsed, more]);
}

/** The same cells without a sign, so that the loops over them see two kinds of arrays only. */
function unsignedCells({ buffer, byteOffset, length, BYTES_PER_ELEMENT }: Samples['data']): Uint8Array | Uint16Array {
  return BYTES_PER_ELEMENT === 1 ? new Uint8Array(buffer, byteOffset, length) : new Uint16Array(buffer, byteOffset, length);
}

// NOTE: four pixels a step, so that these loops are too long to be made part of their callers: there they would take three times
// as long for the first thousand images of a thread, until the callers are compiled by the better compiler, too.

function mark(cells: Uint8Array | Uint16Array, present: Uint8Array): void {
  let i = 0;
  for (; i + 3 < cells.length; i += 4) {
    present[cells[i] ?? 0] = 1;
    present[cells[i + 1] ?? 0] = 1;
    present[cells[i + 2] ?? 0] = 1;
    present[cells[i + 3] ?? 0] = 1;
  }
  for (; i < cells.length; i += 1) {
    present[cells[i] ?? 0] = 1;
  }
}

function map(cells: Uint8Array | Uint16Array, table: Uint8Array, out: Uint8Array): void {
  let i = 0;
  for (; i + 3 < cells.length; i += 4) {
    out[i] = table[cells[i] ?? 0] ?? 0;
    out[i + 1] = table[cells[i + 1] ?? 0] ?? 0;
    out[i + 2] = table[cells[i + 2] ?? 0] ?? 0;
    out[i + 3] = table[cells[i + 3] ?? 0] ?? 0;
  }
  for (; i < cells.length; i += 1) {
    out[i] = table[cells[i] ?? 0] ?? 0;
  }
}

/** The cells there are, each once, in ascending order. */
function presentIn(cells: Uint8Array | Uint16Array, size: number): readonly number[] {
  const present = new Uint8Array(size);
  mark(cells, present);
  const found: number[] = [];
  for (let cell = present.indexOf(1); cell !== -1; cell = present.indexOf(1, cell + 1)) {
    found.push(cell);
  }
  return found;
}

/** 32 bits and floating point. What is no number is shown black. */
function eachPixel(
  { data }: Samples,
  display: Display,
  stored: Stored,
  isPadding: (value: number) => boolean,
  window: Window | undefined,
): Uint8Array {
  const shade = shader(display, window, data, () => {
    const range = newRange();
    for (let i = 0; i < data.length; i += 1) {
      const value = stored(data[i] ?? 0);
      if (Number.isFinite(value) && !isPadding(value)) {
        widen(range, applyModality(display.modality, value));
      }
    }
    return range;
  });
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 1) {
    const value = stored(data[i] ?? 0);
    out[i] = Number.isNaN(value) || isPadding(value) ? 0 : shade(value);
  }
  return out;
}

function storedValue({ bitsStored, signed, data }: Samples, mask: CellMask | undefined): Stored {
  if (mask === undefined || mask.bits >= 32 || (mask.shift === 0 && mask.bits >= 8 * data.BYTES_PER_ELEMENT)) {
    return (raw) => raw;
  }
  const up = 32 - mask.bits;
  return signed && bitsStored > 1 ? (raw) => ((raw >> mask.shift) << up) >> up : (raw) => ((raw >>> mask.shift) << up) >>> up;
}

function paddingTest({ padding }: Display): (value: number) => boolean {
  return padding === undefined ? () => false : (value) => value >= padding.from && value <= padding.to;
}

function applyModality(transform: ModalityTransform, value: number): number {
  return transform.kind === 'linear' ? value * transform.slope + transform.intercept : lookUp(transform.table, value);
}

interface Range {
  least: number;
  greatest: number;
}

function newRange(): Range {
  return { least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY };
}

function widen(range: Range, value: number): void {
  range.least = Math.min(range.least, value);
  range.greatest = Math.max(range.greatest, value);
}

/** From a stored value to a shade. */
function shader(
  display: Display,
  asked: Window | undefined,
  data: Samples['data'],
  measure: () => Range,
): (value: number) => number {
  const voi: VoiTransform = asked === undefined ? display.voi : { kind: 'window', window: asked };
  const level = levels(voi, display, data, measure);
  const presented = presentedLevel(display.presentationLut);
  return (value) => {
    const shade = Math.round(255 * presented(level(applyModality(display.modality, value))));
    return display.invert ? 255 - shade : shade;
  };
}

/** PS3.3 C.11.6.1. */
function presentedLevel(table: Display['presentationLut']): (level: number) => number {
  if (table === undefined) {
    return (level) => level;
  }
  const last = table.values.length - 1;
  const greatest = Math.max(2 ** table.bits - 1, ...highest(table.values));
  return (level) => lookUp(table, table.first + Math.round(level * last)) / greatest;
}

function levels(voi: VoiTransform, display: Display, data: Samples['data'], measure: () => Range): (value: number) => number {
  if (voi.kind === 'window') {
    const window = meant(voi.window, data);
    return (value) => applyWindow(value, window);
  }
  if (voi.kind === 'table') {
    const { table } = voi;
    const greatest = Math.max(2 ** table.bits - 1, ...highest(table.values));
    return (value) => lookUp(table, value) / greatest;
  }
  const range = voi.kind === 'full-range' ? fullRange(display, data) : measure();
  const window = Number.isFinite(range.least) ? windowOver(range.least, range.greatest) : windowOver(0, 1);
  return (value) => applyWindow(value, window);
}

/**
 * LINEAR is made for whole numbers: widths below 1 are not allowed in it, and 1 would make two shades of an image in floating
 * point. Machines that write such mean LINEAR_EXACT. PS3.3 C.11.2.1.2.1.
 */
function meant(window: Window, data: Samples['data']): Window {
  const fractions = data instanceof Float32Array || data instanceof Float64Array;
  const exact = window.shape === 'linear' && (window.width < 1 || (fractions && window.width <= 1));
  return exact ? { ...window, shape: 'linear-exact' } : window;
}

/** Entries beyond what the descriptor allows mean that the descriptor is wrong. */
function highest(values: Uint16Array): readonly number[] {
  const most = values.reduce((greatest, value) => Math.max(greatest, value), 0);
  return most === 0 ? [] : [most];
}

function fullRange({ modality, fullBits }: Display, data: Samples['data']): Range {
  const signed = data instanceof Int8Array || data instanceof Int16Array;
  const ends = signed ? [-(2 ** (fullBits - 1)), 2 ** (fullBits - 1) - 1] : [0, 2 ** fullBits - 1];
  const range = newRange();
  for (const end of ends) {
    widen(range, applyModality(modality, end));
  }
  return range;
}
