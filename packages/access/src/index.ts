export type { Access, AppEnv, Bindings, Facility } from './access.ts';
export { authorize, scopeOf } from './authorize.ts';
export type { AuditEvent, Decision, Facilities, Log, Resource, Right, Role, Scope, Source, Subject } from './model.ts';
