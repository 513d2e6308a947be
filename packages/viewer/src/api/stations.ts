import type { Client } from './client.ts';
import { list, listIn, object, or, type Parse, text } from './json.ts';

/** A machine that an order can be scheduled for. */
export interface Station {
  readonly title: string;
  readonly facility: string;
  /** Empty where its worklist is not limited. */
  readonly modalities: readonly string[];
  readonly rooms: readonly string[];
}

const parseStation: Parse<Station> = object<Station>({
  title: text,
  facility: or(text, ''),
  modalities: or(list(text), []),
  rooms: or(list(text), []),
});

export function readStations(client: Client, signal?: AbortSignal): Promise<readonly Station[]> {
  return client.get('/api/stations', listIn('stations', parseStation), signal);
}
