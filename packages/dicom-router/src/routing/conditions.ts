import { BlockList, isIP } from 'node:net';
import { matchesGlob } from '@filmless/dicom';
import type { Facts } from './facts.ts';
import type { RuleConditions, TimeWindow } from './rule.ts';
import { foundText, tagTest } from './tag-condition.ts';
import { formatMinutes, formatTimeWindow, isWithin, type LocalMinutes } from './time-window.ts';

/** `waits`: it will fit once the study is complete. `unknown`: the header must be looked at first. */
export type Fit = 'fits' | 'differs' | 'waits' | 'unknown';

type ConditionKind = 'callingAe' | 'address' | 'facility' | 'complete' | 'hours' | 'tag';

/** One condition of a rule, ready to be asked. */
export interface Condition {
  readonly kind: ConditionKind;
  /** The attribute, for a condition on one. */
  readonly name?: string;
  /** As it was written. */
  readonly wanted: readonly string[];
  test(facts: Facts): Fit;
  /** What the instance has there, for a person to read. */
  found(facts: Facts): string;
}

const fit = (fits: boolean): Fit => (fits ? 'fits' : 'differs');

/** The conditions of a rule: those first that are told without looking at a header. */
export function conditionsOf(when: RuleConditions, local: LocalMinutes): readonly Condition[] {
  const { callingAe, address, facility, complete, hours, tags = [] } = when;
  return [
    ...(callingAe === undefined ? [] : [callingAeCondition(callingAe)]),
    ...(address === undefined ? [] : [addressCondition(address)]),
    ...(facility === undefined ? [] : [facilityCondition(facility)]),
    ...(hours === undefined ? [] : [hoursCondition(hours, local)]),
    ...tags.map(({ name, path, vr, wanted }): Condition => {
      const test = tagTest({ path, vr, wanted });
      return {
        kind: 'tag',
        name,
        wanted,
        test: ({ header, known }) => (known === undefined || known.has(path[0]) ? fit(test(header)) : 'unknown'),
        found: ({ header }) => foundText(header, path),
      };
    }),
    ...(complete === undefined ? [] : [COMPLETE]),
  ];
}

const COMPLETE: Condition = {
  kind: 'complete',
  wanted: ['true'],
  test: ({ complete }) => (complete ? 'fits' : 'waits'),
  found: ({ complete }) => String(complete),
};

function callingAeCondition(wanted: readonly string[]): Condition {
  return {
    kind: 'callingAe',
    wanted,
    test: ({ source: { callingAe = '' } }) => fit(callingAe !== '' && wanted.some((pattern) => matchesGlob(pattern, callingAe))),
    found: ({ source }) => source.callingAe ?? '',
  };
}

function addressCondition(wanted: readonly string[]): Condition {
  const list = new BlockList();
  for (const text of wanted) {
    const [address = '', prefix] = text.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family);
  }
  return {
    kind: 'address',
    wanted,
    test: ({ source }) => {
      const address = plainAddress(source.address);
      const version = isIP(address);
      return fit(version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6'));
    },
    found: ({ source }) => plainAddress(source.address),
  };
}

/** An IPv4 address that a socket for both gives is that address. RFC 4291 2.5.5.2. */
function plainAddress(address: string): string {
  const text = address.replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1];
  return mapped ?? text;
}

function facilityCondition(wanted: readonly string[]): Condition {
  return {
    kind: 'facility',
    wanted,
    test: ({ source }) => fit(wanted.includes(source.facility)),
    found: ({ source }) => source.facility,
  };
}

function hoursCondition(hours: readonly TimeWindow[], local: LocalMinutes): Condition {
  return {
    kind: 'hours',
    wanted: hours.map(formatTimeWindow),
    test: ({ at }) => fit(isWithin(hours, local(at))),
    found: ({ at }) => formatMinutes(local(at)),
  };
}

/** All must fit: one that does not decides, then what is not known yet, then what has to be waited for. */
export function together(fits: readonly Fit[]): Fit {
  return (['differs', 'unknown', 'waits'] as const).find((known) => fits.includes(known)) ?? 'fits';
}
