import type { Right, Role } from './model.ts';

/**
 * The one table of what each role may do. `relay` belongs to no role: it is given to a token by name, because it lets its
 * holder speak for another source.
 */
export const RIGHTS: Readonly<Record<Role, readonly Right[]>> = {
  administrator: ['view', 'upload', 'edit', 'delete', 'share', 'administer'],
  radiographer: ['view', 'upload', 'edit'],
  doctor: ['view', 'upload', 'share'],
  reader: ['view'],
};

export const ROLES: readonly Role[] = ['administrator', 'radiographer', 'doctor', 'reader'];

export const ALL_RIGHTS: readonly Right[] = ['view', 'upload', 'edit', 'delete', 'share', 'administer', 'relay'];

/** An administrator runs the installation and reaches every facility; everybody else reaches those they belong to. */
export function reachesAll(role: Role): boolean {
  return role === 'administrator';
}
