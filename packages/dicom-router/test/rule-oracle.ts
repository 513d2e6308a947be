import type { Destination } from '../src/routing/destination.ts';
import type { RuleCase, WrittenInstance, WrittenRule } from './rule-cases.ts';

/** What a person would expect of rules, said again in the plainest way: minute by minute, by regular expressions, bit by bit. */

export interface Expected {
  readonly destination: string;
  readonly rule: string;
  readonly class: string;
  readonly set: readonly string[];
  readonly remove: number;
  /** Minutes from now on, 0 for at once. */
  readonly held: number;
}

export interface ExpectedOf {
  readonly onArrival: readonly Expected[];
  readonly whenComplete: readonly Expected[];
}

export function expectedOf(
  { rules, source, minute }: Omit<RuleCase, 'instances' | 'complete'>,
  instance: WrittenInstance,
  destinations: readonly Destination[],
): ExpectedOf {
  const run = (complete: boolean) => walk(rules, source, instance, minute, complete, destinations);
  const onArrival = run(false);
  const late = run(true).filter(
    ({ rule, destination }) =>
      rules.some(({ name, when }) => name === rule && when.complete === true) &&
      !onArrival.some((sent) => sent.destination === destination),
  );
  return { onArrival, whenComplete: late };
}

function walk(
  rules: readonly WrittenRule[],
  source: RuleCase['source'],
  instance: WrittenInstance,
  minute: number,
  complete: boolean,
  destinations: readonly Destination[],
): readonly Expected[] {
  const expected: Expected[] = [];
  const mayGo = (destination: Destination) =>
    !expected.some((sent) => sent.destination === destination.id) &&
    !(destination.kind === 'dicom' && destination.aeTitle === source.callingAe) &&
    !(source.kind === 'stow' && (source.user === destination.id || source.user === destination.site));
  for (const { name, enabled, when, sends, set, remove, stop } of rules) {
    if (!enabled || !fits(when, source, instance, minute, complete)) {
      continue;
    }
    for (const { to, class: priority, hold } of sends) {
      const destination = destinations.find(({ id }) => id === to);
      if (destination !== undefined && mayGo(destination)) {
        const held = hold === undefined ? 0 : minutesUntil(hold, minute);
        expected.push({ destination: to, rule: name, class: priority, set: Object.values(set), remove: remove.length, held });
      }
    }
    if (stop) {
      break;
    }
  }
  for (const destination of source.kind === 'dimse' ? destinations : []) {
    const { when } = destination;
    const fitsOwn =
      when !== undefined &&
      (when.callingAes.length === 0 || when.callingAes.includes(source.callingAe)) &&
      (when.modalities.length === 0 || when.modalities.includes(instance.modality));
    if (fitsOwn && mayGo(destination)) {
      expected.push({ destination: destination.id, rule: '', class: 'routine', set: [], remove: 0, held: 0 });
    }
  }
  return expected;
}

function fits(
  when: WrittenRule['when'],
  { callingAe, address, facility }: RuleCase['source'],
  instance: WrittenInstance,
  minute: number,
  complete: boolean,
): boolean {
  const any = (wanted: readonly string[] | undefined, test: (text: string) => boolean) =>
    wanted === undefined || wanted.some(test);
  return (
    any(when.callingAe, (pattern) => like(pattern, callingAe)) &&
    any(when.address, (network) => inNetwork(network, address)) &&
    any(when.facility, (wanted) => wanted === facility) &&
    any(when.hours, (window) => during(window, minute)) &&
    (when.complete === undefined || complete) &&
    Object.entries(when.tags ?? {}).every(([name, wanted]) => wanted.some((value) => tagFits(name, value, instance)))
  );
}

function like(pattern: string, text: string): boolean {
  const source = [...pattern].map((character) =>
    character === '*' ? '.*' : character === '?' ? '.' : character.replace(/[^\w ]/, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, 'su').test(text);
}

const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replaceAll('^', ' ')
    .trim();

function tagFits(name: string, wanted: string, { modality, service, procedures, patient, day }: WrittenInstance): boolean {
  if (name === 'StudyDate') {
    const [from = '', to = from] = wanted.includes('-') ? wanted.split('-') : [wanted];
    return day !== '' && (from === '' || day >= from) && (to === '' || day <= to);
  }
  if (name === 'RequestAttributesSequence.RequestedProcedureID') {
    const found = procedures.length === 0 ? [''] : procedures;
    return found.some((id) => (wanted === '""' ? id === '' : like(plain(wanted), plain(id))));
  }
  const value = name === 'Modality' ? modality : name === 'PatientName' ? patient : service;
  if (name === 'PatientName' && value === '') {
    return false;
  }
  return wanted === '""' ? value === '' : like(plain(wanted), plain(value));
}

function inNetwork(network: string, address: string): boolean {
  const [base = '', prefix = '32'] = network.split('/');
  if (base.includes(':') || address.includes(':')) {
    return base.includes(':') && address.includes(':') && address.startsWith('fd');
  }
  const bits = (text: string) =>
    text
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  return bits(base).slice(0, Number(prefix)) === bits(address).slice(0, Number(prefix));
}

function during(window: string, minute: number): boolean {
  const [from = 0, to = 0] = window.split('-').map((text) => {
    const [h = '', m = ''] = text.split(':');
    return Number(h) * 60 + Number(m);
  });
  for (let at = from; at % 1440 !== to % 1440; at += 1) {
    if (at % 1440 === minute) {
      return true;
    }
  }
  return false;
}

function minutesUntil(window: string, minute: number): number {
  let wait = 0;
  while (!during(window, (minute + wait) % 1440)) {
    wait += 1;
  }
  return wait;
}
