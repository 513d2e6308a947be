import { ConfigError } from '../config/config-error.ts';
import type { LoadInput } from '../config/load.ts';

/** What a command takes beside the settings that all share: flags with a value, and switches. */
export interface FlagNames {
  readonly values?: readonly string[];
  readonly switches?: readonly string[];
}

/** The words of a command, taken apart. */
export interface Taken {
  /** Words without `--` before the first flag that is not the command's own. */
  readonly words: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly switches: ReadonlySet<string>;
  /** What is left for the settings. */
  readonly rest: LoadInput;
}

/** Takes a command's own words and flags out of its arguments. @throws ConfigError for a flag that is given twice or has no value */
export function takeFlags(input: LoadInput, { values: named = [], switches: known = [] }: FlagNames): Taken {
  const [words, rest]: [string[], string[]] = [[], []];
  const values = new Map<string, string>();
  const switches = new Set<string>();
  const left = [...input.arguments];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [flag = '', ...inline] = word.split('=');
    if (known.includes(word)) {
      switches.add(word);
    } else if (named.includes(flag)) {
      const value = inline.length > 0 ? inline.join('=') : left.shift();
      if (value === undefined || value === '') {
        throw new ConfigError(`${flag} needs a value.`);
      }
      if (values.has(flag)) {
        throw new ConfigError(`${flag} is given twice: leave one out.`);
      }
      values.set(flag, value);
    } else if (word.startsWith('--')) {
      rest.push(word, ...(inline.length > 0 ? [] : left.splice(0, takesValue(left[0]))));
    } else {
      words.push(word);
    }
  }
  return { words, values, switches, rest: { ...input, arguments: rest } };
}

/** A setting's value follows it, unless another flag does. */
function takesValue(next: string | undefined): number {
  return next === undefined || next.startsWith('--') ? 0 : 1;
}

/** @throws ConfigError in words */
export function wordAt(words: readonly string[], index: number, usage: string): string {
  const word = words[index];
  if (word === undefined) {
    throw new ConfigError(`Usage: filmless ${usage}`);
  }
  return word;
}

/** @throws ConfigError when more words were given than a command takes */
export function noMore(words: readonly string[], most: number, usage: string): void {
  const surplus = words[most];
  if (surplus !== undefined) {
    throw new ConfigError(`"${surplus}" is one word too many. Usage: filmless ${usage}`);
  }
}

/** @throws ConfigError when it is no port */
export function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ConfigError(`${text} is no port: give a number from 1 to 65535.`);
  }
  return port;
}
