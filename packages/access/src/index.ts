export type { Access, AppEnv, Bindings, DicomNode, Facility, TextChannel } from './access.ts';
export { authorize, scopeOf } from './authorize.ts';
export {
  type AccessOptions,
  applyFacilities,
  createAccess,
  DEFAULT_FACILITY,
  type OpenedAccess,
  resetAdmin,
} from './create-access.ts';
export { AccessError, type AccessErrorCode } from './errors.ts';
export { ACCESS_LIMITS } from './limits.ts';
export { type Meter, NO_METER, type Stage } from './meter.ts';
export type { AuditEvent, Decision, Facilities, Log, Resource, Right, Role, Scope, Source, Subject } from './model.ts';
export { ALL_RIGHTS, RIGHTS, ROLES } from './rights.ts';
export { migrations as accessMigrations } from './store/migrations.ts';
export { moveAccess } from './store/move-access.ts';
export type { AccessPlace } from './store/open-database.ts';
export { boundedText } from './web/bounded-body.ts';
export { type GuardMark, type RouteGuard, routeGuards } from './web/marks.ts';
export { createApi, notFound, onError, type Problem, type ProblemOf, problem } from './web/problem.ts';
export { isOwnOrigin } from './web/same-origin.ts';
