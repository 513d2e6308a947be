/** Writes small JPEG streams for tests: marker segments and Huffman-coded bits. T.81 B.1. */
export class JpegWriter {
  readonly #bytes: number[] = [0xff, 0xd8];
  #pending = 0;
  #count = 0;

  segment(marker: number, body: readonly number[]): this {
    const length = body.length + 2;
    this.#bytes.push(0xff, marker, length >> 8, length & 0xff, ...body);
    return this;
  }

  /** A Huffman table in which symbol `i` has the code `i`, all of one length. */
  flatTable(target: number, symbols: readonly number[], length: number): this {
    const counts = Array.from({ length: 16 }, (_, i) => (i + 1 === length ? symbols.length : 0));
    return this.segment(0xc4, [target, ...counts, ...symbols]);
  }

  bits(value: number, count: number): this {
    for (let bit = count - 1; bit >= 0; bit -= 1) {
      this.#pending = (this.#pending << 1) | (Math.floor(value / 2 ** bit) & 1);
      this.#count += 1;
      if (this.#count === 8) {
        this.#bytes.push(this.#pending, ...(this.#pending === 0xff ? [0] : []));
        this.#pending = 0;
        this.#count = 0;
      }
    }
    return this;
  }

  /** A difference as its size, coded by `flatTable(…, 0…16, 5)`, and its bits. T.81 F.1.2.1. */
  difference(value: number): this {
    const size = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1;
    this.bits(size, 5);
    return size === 16 ? this : this.bits(value < 0 ? value + 2 ** size - 1 : value, size);
  }

  /** Fills the last byte with ones. T.81 F.1.2.3. */
  align(): this {
    while (this.#count !== 0) {
      this.bits(1, 1);
    }
    return this;
  }

  restart(index: number): this {
    this.align();
    this.#bytes.push(0xff, 0xd0 + (index & 7));
    return this;
  }

  end(): Uint8Array {
    this.align();
    return Uint8Array.from([...this.#bytes, 0xff, 0xd9]);
  }
}

const SIZES = Array.from({ length: 17 }, (_, size) => size);

export interface LosslessImage {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
  readonly predictor: number;
  /** Lines in a restart interval; 0 for none. */
  readonly restartLines: number;
  /** Interleaved. */
  readonly samples: readonly number[];
}

/** Encodes by the lossless process, written from T.81 H.1.2 and not from the decoder. */
export function encodeLossless(image: LosslessImage): Uint8Array {
  const { rows, columns, components, precision, restartLines } = image;
  const ids = Array.from({ length: components }, (_, i) => i + 1);
  const writer = new JpegWriter()
    .segment(0xc3, [
      precision,
      rows >> 8,
      rows & 255,
      columns >> 8,
      columns & 255,
      components,
      ...ids.flatMap((id) => [id, 0x11, 0]),
    ])
    .flatTable(0, SIZES, 5);
  if (restartLines > 0) {
    writer.segment(0xdd, [(restartLines * columns) >> 8, (restartLines * columns) & 255]);
  }
  writer.segment(0xda, [components, ...ids.flatMap((id) => [id, 0]), image.predictor, 0, 0]);
  for (let row = 0; row < rows; row += 1) {
    if (restartLines > 0 && row > 0 && row % restartLines === 0) {
      writer.restart(row / restartLines - 1);
    }
    for (let column = 0; column < columns; column += 1) {
      for (let component = 0; component < components; component += 1) {
        const value = image.samples[(row * columns + column) * components + component] ?? 0;
        writer.difference(wrap(value - prediction(image, row, column, component)));
      }
    }
  }
  return writer.end();
}

function prediction(image: LosslessImage, row: number, column: number, component: number): number {
  const at = (r: number, c: number): number => image.samples[(r * image.columns + c) * image.components + component] ?? 0;
  const firstLine = image.restartLines > 0 ? row % image.restartLines === 0 : row === 0;
  if (firstLine) {
    return column === 0 ? 2 ** (image.precision - 1) : at(row, column - 1);
  }
  if (column === 0) {
    return at(row - 1, 0);
  }
  const [a, b, c] = [at(row, column - 1), at(row - 1, column), at(row - 1, column - 1)];
  const formulas = [a, b, c, a + b - c, a + Math.floor((b - c) / 2), b + Math.floor((a - c) / 2), Math.floor((a + b) / 2)];
  return formulas[image.predictor - 1] ?? 0;
}

/** Differences are modulo 2^16; 32,768 stands for both signs. */
function wrap(difference: number): number {
  const value = ((difference % 65_536) + 65_536) % 65_536;
  return value > 32_768 ? value - 65_536 : value;
}

/** An extended sequential image of 8 x 8 blocks that are each one flat value: DC coefficients alone, quantized by 1. */
export function encodeFlatBlocks(precision: number, across: number, values: readonly number[]): Uint8Array {
  const rows = (values.length / across) * 8;
  const columns = across * 8;
  const writer = new JpegWriter()
    .segment(0xdb, [0, ...new Array<number>(64).fill(1)])
    .segment(0xc1, [precision, rows >> 8, rows & 255, columns >> 8, columns & 255, 1, 1, 0x11, 0])
    .flatTable(0, SIZES, 5)
    .flatTable(0x10, [0], 1)
    .segment(0xda, [1, 1, 0, 0, 63, 0]);
  let before = 0;
  for (const value of values) {
    const coefficient = 8 * (value - 2 ** (precision - 1));
    writer.difference(coefficient - before).bits(0, 1);
    before = coefficient;
  }
  return writer.end();
}
