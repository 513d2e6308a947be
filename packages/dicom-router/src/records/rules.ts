import { type Procedure, run, runFirst } from '@filmless/database';
import { db } from './tables.ts';

/** A document of rules with who put it in force, and when. */
export interface RuleVersion {
  readonly version: number;
  readonly document: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: string;
}

/** Takes the configured document only when none was ever in force; true when it did. */
export const seedRules: Procedure<Omit<RuleVersion, 'version'>, boolean> = function* (version) {
  const known = yield* runFirst(db.selectFrom('rule_version').select('version').limit(1));
  if (known !== undefined) {
    return false;
  }
  yield* run(db.insertInto('rule_version').values(version));
  return true;
};

/**
 * Puts a document in force, and forgets those too long past. Gives its version, or undefined when another than `expected` is in force
 * by now; 0 is the version of no rules at all.
 */
export const putRules: Procedure<
  Omit<RuleVersion, 'version'> & { readonly expected?: number; readonly keep: number },
  number | undefined
> = function* ({ expected, keep, ...changed }) {
  const newest = yield* runFirst(db.selectFrom('rule_version').select('version').orderBy('version', 'desc').limit(1));
  if (expected !== undefined && expected !== (newest?.version ?? 0)) {
    return undefined;
  }
  const added = yield* runFirst(db.insertInto('rule_version').values(changed).returning('version'));
  const version = added?.version ?? 0;
  yield* run(db.deleteFrom('rule_version').where('version', '<=', version - keep));
  return version;
};
