/** A Huffman code for the symbols of a JPEG scan: sizes of differences, or runs of zeros with the size of what follows. */
export interface HuffmanCode {
  /** How many codes of 1 to 16 bits there are, and the symbols in the order of their codes. T.81 B.2.4.2. */
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
  /** By symbol. */
  readonly codes: readonly number[];
  readonly lengths: readonly number[];
}

/**
 * The shortest code for symbols that occur so often. With them and one that stands for the code of all ones, which may not be
 * used, no code is longer than 16 bits only where counts grow slower than Fibonacci's numbers: they are flattened until so. T.81 K.2.
 */
export function huffmanCode(frequencies: readonly number[]): HuffmanCode {
  for (let counts = [...frequencies, 1]; ; counts = counts.map((count) => (count > 1 ? count >> 1 : count))) {
    const lengths = codeLengths(counts);
    if (Math.max(...lengths) <= 16) {
      return fromLengths(lengths);
    }
  }
}

interface Node {
  readonly weight: number;
  readonly symbols: readonly number[];
}

/** By Huffman's method; the reserved symbol, the last, gets one of the longest. */
function codeLengths(counts: readonly number[]): number[] {
  const lengths = counts.map(() => 0);
  let nodes: Node[] = counts.flatMap((weight, symbol) => (weight > 0 ? [{ weight, symbols: [symbol] }] : []));
  while (nodes.length > 1) {
    nodes = nodes.toSorted((a, b) => a.weight - b.weight || (b.symbols.at(-1) ?? 0) - (a.symbols.at(-1) ?? 0));
    const [one, other, ...rest] = nodes;
    const symbols = [...(one?.symbols ?? []), ...(other?.symbols ?? [])].toSorted((a, b) => a - b);
    for (const symbol of symbols) {
      lengths[symbol] = (lengths[symbol] ?? 0) + 1;
    }
    nodes = [{ weight: (one?.weight ?? 0) + (other?.weight ?? 0), symbols }, ...rest];
  }
  return lengths;
}

/** Codes in ascending order of length; the reserved symbol is the last of the longest and takes the code of all ones. T.81 C.2. */
function fromLengths(lengths: readonly number[]): HuffmanCode {
  const reserved = lengths.length - 1;
  const order = lengths
    .map((length, symbol) => ({ length, symbol }))
    .filter(({ length }) => length > 0)
    .toSorted((a, b) => a.length - b.length || a.symbol - b.symbol);
  const counts = new Array<number>(16).fill(0);
  const codes: number[] = lengths.map(() => 0);
  let code = 0;
  let before = 0;
  for (const { length, symbol } of order) {
    code <<= length - before;
    before = length;
    codes[symbol] = code;
    code += 1;
    if (symbol !== reserved) {
      counts[length - 1] = (counts[length - 1] ?? 0) + 1;
    }
  }
  const symbols = order.filter(({ symbol }) => symbol !== reserved).map(({ symbol }) => symbol);
  return { counts, symbols, codes, lengths };
}
