import { type TextKey, t } from '../i18n/index.ts';

/** What the server says in English about an input, and the same in the language of the screen. */
const KNOWN: readonly (readonly [RegExp, TextKey])[] = [
  [/^The password needs at least (?<count>\d+) characters/, 'failure.passwordShort'],
  [/^The password needs at least (?<count>\d+) different/, 'failure.passwordSame'],
  [/^The password is longer/, 'failure.passwordLong'],
  [/^The password is too close/, 'failure.passwordName'],
  [/^The password is among those/, 'failure.passwordCommon'],
  [/^The current password is wrong/, 'account.currentWrong'],
  [/^There is a user of this name/, 'failure.userTaken'],
  [/^There is a token of this name/, 'failure.tokenTaken'],
  [/^There is a facility (?<name>\S+) already/, 'failure.facilityTaken'],
  [/^(?<name>.+) is listed already/, 'failure.aeTaken'],
  [/^the routing rule "(?<rule>.+)" de-identifies by/, 'failure.profileNamed'],
  [/^This is the last administrator/, 'failure.lastAdministrator'],
  [/belongs to one facility at least/, 'admin.needFacility'],
  [/^a machine has begun with this order/, 'orders.locked'],
  [/^the order is \w+: it can no longer be cancelled/, 'orders.cancelStarted'],
  [/^there is a destination (?<name>\S+) already/, 'destinations.taken'],
  [/^the routing rules? (?<rules>.+) sends? to \S+: change the rules/, 'destinations.deleteRefused'],
  [/^deliveries to \S+ are still open/, 'destinations.deleteOpen'],
  [/ is set by the configuration/, 'destinations.fixedRefused'],
  [/^the order was changed meanwhile/, 'orders.changedTitle'],
  [/^the order is cancelled/, 'orders.isCancelled'],
  [/^the patient of the study is not that of the order/, 'unmatched.differentPatient'],
];

/** The server's words in the language of the screen, where they are known. */
export function serverWords(detail: string): string | undefined {
  for (const [pattern, key] of KNOWN) {
    const match = pattern.exec(detail);
    if (match !== null) {
      return t(key, match.groups);
    }
  }
  return undefined;
}
