import type { Decision, Facilities, Resource, Right, Scope, Subject } from './model.ts';

/** The one decision of the product: may this subject do this, to this? */
export function authorize(subject: Subject | undefined, right: Right, resource?: Resource): Decision {
  if (subject === undefined) {
    return { allowed: false, reason: 'unauthenticated' };
  }
  if (resource !== undefined && !reaches(subject.facilities, resource, right)) {
    return { allowed: false, reason: 'unknown' };
  }
  if (!subject.rights.has(right)) {
    return { allowed: false, reason: 'forbidden' };
  }
  return { allowed: true };
}

/** What was shared may be viewed; it is changed only by the facility that owns it. */
function reaches(facilities: Facilities, resource: Resource, right: Right): boolean {
  if (facilities === 'all' || facilities.includes(resource.facility)) {
    return true;
  }
  return right === 'view' && (resource.sharedWith ?? []).some((facility) => facilities.includes(facility));
}

export function scopeOf(subject: Subject): Scope {
  return { facilities: subject.facilities };
}
