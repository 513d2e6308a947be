import type { RejectedInstance, Rejection, RejectionQuery, RejectionState } from './model.ts';

/** The journal of what was taken out of sight: truth, never forgotten. Each call is one durable step. */
export interface RejectionRecords {
  /**
   * Without the instances that another rejection keeps already. False, and nothing is done, when none is left, or when the same note was
   * carried out for that study before.
   */
  add(rejection: Rejection, instances: readonly RejectedInstance[]): Promise<boolean>;
  find(id: string): Promise<Rejection | undefined>;
  /** Newest first. */
  list(facilities: 'all' | readonly string[], query: RejectionQuery): Promise<readonly Rejection[]>;
  /** By key of their objects, behind one. */
  instances(id: string, after: string, limit: number): Promise<readonly RejectedInstance[]>;
  instance(id: string, sopInstanceUid: string): Promise<RejectedInstance | undefined>;
  /** Changes a state; false when it is not the one it is to be changed from. */
  move(
    id: string,
    from: RejectionState,
    to: RejectionState,
    end?: { readonly by: string | null; readonly at: string },
  ): Promise<boolean>;
  /** In a state, by id, behind one. */
  inStates(states: readonly RejectionState[], after: string, limit: number): Promise<readonly Rejection[]>;
  /** Hidden ones whose time has come. */
  due(now: string, limit: number): Promise<readonly Rejection[]>;
  /** True for an object that a rejection keeps, other than one: no instance has it, and it must stay. */
  holds(objectKey: string, except?: string): Promise<boolean>;
  /** Studies that have instances which were rejected for good, in no order. */
  studiesWithRejected(limit: number): Promise<readonly string[]>;
  /** Whether a study has instances that were rejected for good: sent again they stay so. */
  hasRejected(studyInstanceUid: string): Promise<boolean>;
  /** True for the same bytes of such an instance, of the same facility. */
  isRejected(sopInstanceUid: string, sha256: string, facility: string): Promise<boolean>;
}
