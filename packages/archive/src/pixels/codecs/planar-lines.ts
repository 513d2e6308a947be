interface Shape {
  readonly width: number;
  readonly height: number;
  readonly componentCount: number;
  readonly bitsPerSample: number;
}

/**
 * NOTE: without a colour transform the HTJ2K codec's library hands out all lines of one component, then the next, and its wrapper takes
 * them for one line of each in turn: every image of another encoder comes out scrambled. This puts the samples where they belong.
 */
export function fromPlanarLines(bytes: Uint8Array<ArrayBuffer>, shape: Shape): Uint8Array<ArrayBuffer> {
  return moved(bytes, shape, (from, to, out) => copySample(bytes, from, out, to, shape));
}

/** The reverse, for what the wrapper is given to encode. */
export function toPlanarLines(bytes: Uint8Array, shape: Shape): Uint8Array<ArrayBuffer> {
  return moved(bytes, shape, (to, from, out) => copySample(bytes, from, out, to, shape));
}

/** Calls `move` with where the wrapper has a sample, and where it belongs. */
function moved(
  bytes: Uint8Array,
  { width, height, componentCount }: Shape,
  move: (wrapper: number, right: number, out: Uint8Array) => void,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length);
  for (let line = 0; line < componentCount * height; line += 1) {
    const component = Math.floor(line / height);
    const wrapper = Math.floor(line / componentCount) * width * componentCount + (line % componentCount);
    const right = (line % height) * width * componentCount + component;
    for (let x = 0; x < width; x += 1) {
      move(wrapper + x * componentCount, right + x * componentCount, out);
    }
  }
  return out;
}

function copySample(bytes: Uint8Array, from: number, out: Uint8Array, to: number, { bitsPerSample }: Shape): void {
  if (bitsPerSample <= 8) {
    out[to] = bytes[from] ?? 0;
    return;
  }
  out[2 * to] = bytes[2 * from] ?? 0;
  out[2 * to + 1] = bytes[2 * from + 1] ?? 0;
}
