import type { AeConfig } from './ae-config.ts';

/** What is set for an application entity beside who and where it is. */
export type AeSettings = Pick<AeConfig, 'tls' | 'charsetIn' | 'asciiNames' | 'onConflict' | 'worklist' | 'quiet' | 'urgent'>;

export function settingsOf({ tls, charsetIn, asciiNames, onConflict, worklist, quiet, urgent }: AeSettings): AeSettings {
  return {
    ...(tls === undefined ? {} : { tls }),
    ...(charsetIn === undefined ? {} : { charsetIn }),
    ...(asciiNames === undefined ? {} : { asciiNames }),
    ...(onConflict === undefined ? {} : { onConflict }),
    ...(worklist === undefined ? {} : { worklist }),
    ...(quiet === undefined ? {} : { quiet }),
    ...(urgent === undefined ? {} : { urgent }),
  };
}

/** For the column; `readAeSettings` gives the same again. */
export function writeAeSettings(settings: AeSettings): string {
  return JSON.stringify(settingsOf(settings));
}

/** What `writeAeSettings` wrote. */
export function readAeSettings(text: string): AeSettings {
  return settingsOf(JSON.parse(text) as AeSettings);
}
