export {
  type AeConfig,
  type AePermission,
  ON_CONFLICT,
  type OnConflict,
  type WorklistSettings,
} from './aes/ae-config.ts';
export type { TlsClients } from './aes/tls-policy.ts';
export { type ConfiguredDestination, destinationsOfFile } from './configured/destinations-of-file.ts';
export { createRouter } from './create-router.ts';
export type { NamedProfile } from './derive/deidentification.ts';
export { type ProfileFault, parseProfile } from './derive/profile-schema.ts';
export type { Clock } from './destinations/clock.ts';
export { type SendFilesOptions, type SentFiles, sendFiles } from './destinations/send-files.ts';
export { TlsKeeper, type TlsMaterial } from './destinations/tls-keeper.ts';
export { type HttpClient, type HttpClientOptions, type HttpRequest, openHttpClient } from './destinations/web/http-client.ts';
export { canBeNamed, sourceHeader } from './destinations/web/source-header.ts';
export { RouterError, type RouterErrorCode } from './errors.ts';
export { type Limit, type LimitName, ROUTER_LIMITS, type RouterLimits, routerLimits } from './limits.ts';
export { migrations as routerMigrations } from './records/migrations.ts';
export type {
  ArchiveFetch,
  Deposit,
  DepositOptions,
  DepositOutcome,
  OnBehalf,
  Router,
  RouterOptions,
  RouterTls,
} from './router.ts';
export type { Destination, RoutingRule } from './routing/destination.ts';
export { type ConfiguredRules, type FileRules, rulesOfFile } from './routing/parse-rules.ts';
export type { TlsSetting } from './routing/tls-setting.ts';
export { canonicalFingerprint } from './ul/tls/fingerprint.ts';
export type { TlsIdentity } from './ul/tls/profile.ts';
