import { ConfigError } from './config-error.ts';
import { ALL_OPTIONS, type Given, type Option, type OptionKey, type Settings } from './options.ts';

/**
 * Reads `--flag value`, `--flag=value` and `--switch`.
 * @throws ConfigError for an unknown option, a missing value or a stray word
 */
export function parseArguments(words: readonly string[], base: string): Settings {
  const settings = new Map<OptionKey, Given>();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [flag = '', ...inline] = word.split('=');
    const option = ALL_OPTIONS.find((candidate) => candidate.flag === flag);
    if (option === undefined) {
      throw new ConfigError(unknown(word));
    }
    if (settings.has(option.key)) {
      throw new ConfigError(`${flag} is given twice: leave one out.`);
    }
    const text = inline.length > 0 ? inline.join('=') : option.value === undefined ? 'true' : rest.shift();
    if (text === undefined || text === '' || (inline.length === 0 && option.value !== undefined && text.startsWith('--'))) {
      throw new ConfigError(`${flag} needs a value: ${flag} ${option.value ?? ''}`);
    }
    settings.set(option.key, { text, from: flag, base });
  }
  return settings;
}

function unknown(word: string): string {
  if (!word.startsWith('-')) {
    return `"${word}" is not understood here: options begin with --. See: filmless --help`;
  }
  const near = ALL_OPTIONS.flatMap(({ flag }: Option) => (flag === undefined ? [] : [flag])).find(
    (flag) => distance(flag, word.split('=')[0] ?? '') <= 2,
  );
  return near === undefined
    ? `There is no option ${word}. See: filmless --help`
    : `There is no option ${word}; did you mean ${near}?`;
}

/** Edits that turn one word into the other. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
