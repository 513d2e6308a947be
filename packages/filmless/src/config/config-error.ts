/** A setting that cannot be used; the message is one sentence that says what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** It may be right by itself the next time, as when a store is not reachable yet: whoever supervises the process starts it again. */
  readonly passing: boolean;

  constructor(message: string, { passing = false }: { readonly passing?: boolean } = {}) {
    super(message);
    this.passing = passing;
  }
}
