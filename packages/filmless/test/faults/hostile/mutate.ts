import type { Dice } from './dice.ts';

type Mutation = (bytes: Buffer, dice: Dice) => Buffer;

const place = (bytes: Buffer, dice: Dice) => dice.below(Math.max(1, bytes.byteLength));

function flipped(bytes: Buffer, dice: Dice): Buffer {
  const copy = Buffer.from(bytes);
  for (let count = 1 + dice.below(8); count > 0; count -= 1) {
    const at = place(copy, dice);
    copy[at] = (copy[at] ?? 0) ^ (1 << dice.below(8));
  }
  return copy;
}

function overwritten(bytes: Buffer, dice: Dice): Buffer {
  const copy = Buffer.from(bytes);
  dice.bytes(1 + dice.below(8)).copy(copy, place(copy, dice));
  return copy;
}

function truncated(bytes: Buffer, dice: Dice): Buffer {
  return bytes.subarray(0, place(bytes, dice));
}

function withoutPiece(bytes: Buffer, dice: Dice): Buffer {
  const at = place(bytes, dice);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + dice.below(16))]);
}

function withNoise(bytes: Buffer, dice: Dice): Buffer {
  const at = place(bytes, dice);
  return Buffer.concat([bytes.subarray(0, at), dice.bytes(1 + dice.below(32)), bytes.subarray(at)]);
}

function repeated(bytes: Buffer, dice: Dice): Buffer {
  const from = place(bytes, dice);
  const piece = bytes.subarray(from, from + 1 + dice.below(64));
  const times = dice.pick([1, 2, 10, 100]);
  return Buffer.concat([bytes.subarray(0, from), ...Array.from({ length: times }, () => piece), bytes.subarray(from)]);
}

/** A length or count somewhere, of either byte order, says something else. */
function lying(bytes: Buffer, dice: Dice): Buffer {
  const copy = Buffer.from(bytes);
  const bits = dice.pick([8, 16, 32] as const);
  const width = bits / 8;
  if (copy.byteLength < width) {
    return copy;
  }
  const at = dice.below(copy.byteLength - width + 1);
  const value = dice.edge(bits);
  if (dice.chance(0.5)) {
    copy.writeUIntBE(value, at, width);
  } else {
    copy.writeUIntLE(value, at, width);
  }
  return copy;
}

function exchanged(bytes: Buffer, dice: Dice): Buffer {
  const [a, b] = [place(bytes, dice), place(bytes, dice)].sort((x, y) => x - y);
  const first = a ?? 0;
  const second = b ?? 0;
  return Buffer.concat([bytes.subarray(0, first), bytes.subarray(second), bytes.subarray(first, second)]);
}

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  flipped,
  overwritten,
  truncated,
  withoutPiece,
  withNoise,
  repeated,
  lying,
  lying,
  lying,
  exchanged,
];

/** The bytes with one to three faults in them. Shorter or longer than they were, never the bytes given. */
export function mutated(bytes: Uint8Array, dice: Dice): Buffer {
  let copy = Buffer.from(bytes);
  for (let count = dice.pick([1, 1, 1, 2, 3]); count > 0; count -= 1) {
    copy = Buffer.from(dice.pick(MUTATIONS)(copy, dice));
  }
  return copy;
}

/** The beginning of one and the end of another. */
export function spliced(first: Uint8Array, second: Uint8Array, dice: Dice): Buffer {
  return Buffer.concat([first.subarray(0, dice.below(first.byteLength + 1)), second.subarray(dice.below(second.byteLength + 1))]);
}
