import { resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import type { LoadInput } from './load.ts';

/** A path that only one command takes, and the words that are left for the settings all commands share. */
export interface OwnFlag {
  /** Absolute; undefined when the flag was not given. */
  readonly path: string | undefined;
  readonly rest: LoadInput;
}

/** Takes `--to DIR` or `--to=DIR` out of a command's words. @throws ConfigError when it stands there twice or has no value */
export function ownFlag(input: LoadInput, flag: string, placeholder: string): OwnFlag {
  const { text, rest } = ownText(input, flag, placeholder);
  return { path: text === undefined ? undefined : resolve(input.workingDirectory, text), rest };
}

/** The same of what is no path. */
export function ownText(
  input: LoadInput,
  flag: string,
  placeholder: string,
): { readonly text: string | undefined; readonly rest: LoadInput } {
  const words = [...input.arguments];
  const isFlag = (word: string) => word === flag || word.startsWith(`${flag}=`);
  const at = words.findIndex(isFlag);
  if (at < 0) {
    return { text: undefined, rest: input };
  }
  const [word = '', next] = words.slice(at, at + 2);
  const inline = word.startsWith(`${flag}=`);
  const value = inline ? word.slice(flag.length + 1) : next;
  if (value === undefined || value === '' || (!inline && value.startsWith('--'))) {
    throw new ConfigError(`${flag} needs a value: ${flag} ${placeholder}`);
  }
  words.splice(at, inline ? 1 : 2);
  if (words.some(isFlag)) {
    throw new ConfigError(`${flag} is given twice: leave one out.`);
  }
  return { text: value, rest: { ...input, arguments: words } };
}

/** @throws ConfigError when the flag is missing */
export function neededFlag(
  input: LoadInput,
  flag: string,
  placeholder: string,
  what: string,
): OwnFlag & { readonly path: string } {
  const { path, rest } = ownFlag(input, flag, placeholder);
  if (path === undefined) {
    throw new ConfigError(`Say ${what}: ${flag} ${placeholder}`);
  }
  return { path, rest };
}
