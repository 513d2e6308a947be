import { findSopClass } from '@filmless/dicom';
import { type TextKey, t } from '../i18n/index.ts';

/** What the server writes of a delivery that did not arrive, and the same in the language of the screen. */
const KNOWN: readonly (readonly [RegExp, TextKey])[] = [
  [/^it goes to another facility without a legal basis/, 'queues.problem_basis'],
  [/^(?<host>\S+) cannot be reached/, 'queues.problem_unreachable'],
  [/^it does not take our credentials \(401\)/, 'queues.problem_token'],
  [/^we may not store there \(403\)/, 'queues.problem_right'],
  [/^it has no service there \((?<status>\d+)\)/, 'queues.problem_service'],
  [/^it takes nothing at the moment \((?<status>\d+)\)/, 'queues.problem_full'],
  [/^the folder (?<path>.+): it is (?:not there|no folder)/, 'queues.problem_folder'],
  [/^the folder (?<path>.+): (?:the disk is full|its quota)/, 'queues.problem_folderFull'],
  [/^the folder (?<path>.+): (?:the server may not write|it can only be read)/, 'queues.problem_folderClosed'],
  [/^(?<title>.+) does not take SOP class (?<class>\S+)/, 'queues.problem_class'],
  [/^answered 413/, 'queues.problem_tooLong'],
  [/^answered A702H/, 'queues.problem_tooLong'],
  [/^answered 415/, 'queues.problem_syntax'],
  [/^answered (?<status>.+), but neither names the instance/, 'queues.problem_unnamed'],
  [/^answered (?<status>.+)$/, 'queues.problem_refused'],
  [/^the receiver said nothing of it/, 'queues.problem_silent'],
  [/broke off the connection/, 'queues.problem_broken'],
];

const GIVEN_UP = /^given up after (?<count>\d+) tries: (?<why>.+)$/s;

/** What people call a SOP class; its UID where nobody knows it. */
export function sopClassName(uid: string): string {
  return findSopClass(uid)?.name ?? uid;
}

/** Why a delivery did not arrive; the server's own English where it says something that is not known here. */
export function deliveryProblem(problem: string): string {
  const given = GIVEN_UP.exec(problem)?.groups;
  if (given !== undefined) {
    return t('queues.problem_givenUp', { count: Number(given.count), why: deliveryProblem(given.why ?? '') });
  }
  for (const [pattern, key] of KNOWN) {
    const match = pattern.exec(problem);
    if (match !== null) {
      return t(key, { ...match.groups, class: sopClassName(match.groups?.class ?? '') });
    }
  }
  return problem;
}
