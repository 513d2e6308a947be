import type { LoadInput } from '../config/load.ts';

/** `filmless rebuild`. */
export async function rebuild(_input: LoadInput, _print: (line: string) => void): Promise<void> {
  throw new Error('the archive is not built yet');
}
