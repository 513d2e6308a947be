import { parseArgs } from 'node:util';

export interface SoakOptions {
  /** After so long no new round is begun. */
  readonly minutes: number;
  /** Every round's seed begins with it. */
  readonly seed: string;
}

export const USAGE: string = `npm run soak -- [options]: the long forms of the fault and hostile tests, again and again
  --minutes N   begins nothing new after so long [60]
  --seed TEXT   repeats a soak's rounds [the present time]
  --help        this text`;

/** The options of the command line, or undefined where only the help is asked for. Throws on what it does not know. */
export function parseOptions(args: readonly string[], now: () => Date): SoakOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    return undefined;
  }
  const minutes = values.minutes === undefined ? 60 : Number(values.minutes);
  if (!(minutes > 0)) {
    throw new Error(`--minutes must be a number above zero, not ${values.minutes}`);
  }
  return { minutes, seed: values.seed ?? now().toISOString().slice(0, 19) };
}
