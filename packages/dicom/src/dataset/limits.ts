/** What a data set may cost before it is refused: its sender is not trusted. */
export interface ReadLimits {
  /** Sequences inside sequences. Real objects nest about 12 deep; recursion over what was read is safe below this. */
  readonly maxDepth: number;
  /** Elements and items in all. An enhanced object of 5,000 frames has about 300,000. */
  readonly maxElements: number;
  /** Single values (numbers, texts between backslashes) in all: each costs far more memory than its bytes. */
  readonly maxValues: number;
}

export const DEFAULT_READ_LIMITS: ReadLimits = { maxDepth: 64, maxElements: 500_000, maxValues: 8_000_000 };
