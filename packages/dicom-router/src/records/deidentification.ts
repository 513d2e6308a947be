import { type Procedure, run, runFirst } from '@filmless/database';
import type { Insertable } from 'kysely';
import { db, type Tables } from './tables.ts';

export type ProfileRow = Insertable<Tables['deidentification_profile']>;

/** Keeps a secret unless there is one of that name, and gives the one that is kept. */
export const keepSecret: Procedure<{ readonly name: string; readonly value: string }, string> = function* ({ name, value }) {
  yield* run(
    db
      .insertInto('secret')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doNothing()),
  );
  const kept = yield* runFirst(db.selectFrom('secret').select('value').where('name', '=', name));
  return kept?.value ?? value;
};

/** Takes the configured profiles only when none is known. */
export const seedProfiles: Procedure<{ readonly profiles: readonly ProfileRow[] }, boolean> = function* ({ profiles }) {
  const known = yield* runFirst(db.selectFrom('deidentification_profile').select('name').limit(1));
  if (known !== undefined || profiles.length === 0) {
    return false;
  }
  for (const profile of profiles) {
    yield* run(db.insertInto('deidentification_profile').values(profile));
  }
  return true;
};

export const putProfile: Procedure<ProfileRow, void> = function* (profile) {
  yield* run(
    db
      .insertInto('deidentification_profile')
      .values(profile)
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ profile: profile.profile })),
  );
};

export const deleteProfile: Procedure<{ readonly name: string }, boolean> = function* ({ name }) {
  const gone = yield* runFirst(db.deleteFrom('deidentification_profile').where('name', '=', name).returning('name'));
  return gone !== undefined;
};
