import type { TlsSetting } from './tls-setting.ts';

/** Which instances go to a destination; an empty list leaves out no one. All lists must fit. */
export interface RoutingRule {
  readonly callingAes: readonly string[];
  readonly modalities: readonly string[];
}

/** Another DICOM node that gets what was stored here. */
export interface Destination {
  /** Chosen by a person; names the queue. */
  readonly id: string;
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  /** The title we call ourselves there; our own unless told. */
  readonly callingAe?: string;
  readonly when: RoutingRule;
  /** A destination that is off keeps its queue and sends nothing. */
  readonly enabled: boolean;
  /** It is called by TLS. */
  readonly tls?: TlsSetting;
  /** It is asked whether it keeps safe what it got (storage commitment), and is sent again what it does not. */
  readonly commitment?: boolean;
}

/** What routing looks at. */
export interface RoutedInstance {
  readonly callingAe: string;
  readonly modality: string | undefined;
}

/** The destinations of an instance; never the application entity it came from. */
export function route(destinations: readonly Destination[], instance: RoutedInstance): readonly Destination[] {
  return destinations.filter(
    ({ aeTitle, when }) =>
      aeTitle !== instance.callingAe && fits(when.callingAes, instance.callingAe) && fits(when.modalities, instance.modality),
  );
}

function fits(list: readonly string[], value: string | undefined): boolean {
  return list.length === 0 || (value !== undefined && list.includes(value));
}
