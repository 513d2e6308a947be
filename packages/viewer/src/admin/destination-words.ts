import type { Destination, Line } from '../api/destinations.ts';
import { t } from '../i18n/index.ts';
import { rateText } from './line-rate.ts';

/** Where it is, as one line. */
export function addressOf(destination: Destination): string {
  switch (destination.kind) {
    case 'dicom':
      return `${destination.aeTitle} @ ${destination.host}:${destination.port}`;
    case 'folder':
      return destination.path;
    case 'dicomweb':
    case 'filmless':
      return destination.url;
  }
}

/** What goes there, and who says so. */
export function whenWords({ when, rules, fixed }: Destination): readonly string[] {
  const byRules = rules.length === 0 ? [] : [t('destinations.byRules', { rules: rules.join(', ') })];
  if (when === undefined) {
    return byRules.length === 0 ? [t('destinations.byNobody')] : byRules;
  }
  const { callingAes, modalities } = when;
  const limits = [
    ...(callingAes.length === 0 ? [] : [t('destinations.fromMachines', { machines: callingAes.join(', ') })]),
    ...(modalities.length === 0 ? [] : [t('destinations.ofModalities', { modalities: modalities.join(', ') })]),
  ];
  const own = limits.length === 0 ? t(fixed ? 'destinations.everything' : 'destinations.allMachines') : limits.join(', ');
  return [own, ...byRules];
}

/** How much of the line it gets; empty where nothing bounds it. */
export function lineWords(line: Line | undefined): readonly string[] {
  if (line === undefined) {
    return [];
  }
  const { bytesPerSecond, hours = [] } = line;
  const windows = hours.map(({ from, to, bytesPerSecond: within }) =>
    t('destinations.rateHours', { from, to, rate: rateText(within) }),
  );
  const other = bytesPerSecond === undefined ? t('destinations.rateFree') : rateText(bytesPerSecond);
  return hours.length === 0 ? [other] : [...windows, t('destinations.rateElse', { rate: other })];
}
