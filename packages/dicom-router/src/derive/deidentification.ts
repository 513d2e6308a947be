import { createHmac, randomBytes } from 'node:crypto';
import { type DataSet, type DeidentificationProfile, type Deidentified, deidentify } from '@filmless/dicom';
import { Turns } from '@filmless/disk';
import { RouterError } from '../errors.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import { readProfile } from './profile-schema.ts';

/** A profile of a hospital, under its name. */
export interface NamedProfile extends DeidentificationProfile {
  readonly name: string;
  /** Profiles of one scope give a patient the same pseudonym; its own name unless told. */
  readonly scope?: string | undefined;
}

/** Headers that are held and changed at a time. */
const CHANGED_AT_ONCE = 2;
const SECRET_BYTES = 32;
const SECRET_NAME = 'deidentification';

/** De-identifies by the profiles of this installation, under its secret. */
export class Deidentification {
  readonly #secret: Uint8Array;
  readonly #profiles: Map<string, NamedProfile>;
  readonly #turns = new Turns(CHANGED_AT_ONCE);

  constructor(secret: Uint8Array, profiles: readonly NamedProfile[]) {
    this.#secret = secret;
    this.#profiles = new Map(profiles.map((profile) => [profile.name, profile]));
  }

  names(): readonly string[] {
    return [...this.#profiles.keys()];
  }

  list(): readonly NamedProfile[] {
    return [...this.#profiles.values()];
  }

  /** From the next instance on. */
  put(profile: NamedProfile): void {
    this.#profiles.set(profile.name, profile);
  }

  /** What is still to be sent by it is set aside, and never goes out as it is. */
  delete(name: string): void {
    this.#profiles.delete(name);
  }

  /** Work with a header in memory, when its turn has come. */
  async held<T>(work: () => Promise<T>): Promise<T> {
    return await this.#turns.run(work);
  }

  /** @throws RouterError `not-derivable` where there is no such profile, DicomError where the object cannot be made safe */
  async apply(name: string, dataSet: DataSet, transferSyntaxUid: string): Promise<Deidentified> {
    const profile = this.#profiles.get(name);
    if (profile === undefined) {
      throw new RouterError('not-derivable', `there is no de-identification profile ${name}: add it, then send again`);
    }
    return await this.try(profile, dataSet, transferSyntaxUid);
  }

  /** By a profile that need not be kept. @throws DicomError where the object cannot be made safe */
  async try(profile: NamedProfile, dataSet: DataSet, transferSyntaxUid: string): Promise<Deidentified> {
    const { name, scope = name } = profile;
    const mac = (message: Uint8Array) => createHmac('sha256', this.#secret).update(message).digest();
    return await deidentify(dataSet, { profile, name, scope, mac, transferSyntaxUid });
  }
}

export function profileRow({ name, ...profile }: NamedProfile): { readonly name: string; readonly profile: string } {
  return { name, profile: JSON.stringify(profile) };
}

/** `configured` is taken only when the database holds none. The secret is made at the first start. */
export async function openDeidentification(
  database: RouterDatabase,
  configured: readonly NamedProfile[],
): Promise<Deidentification> {
  const value = randomBytes(SECRET_BYTES).toString('base64');
  const secret = await database.write('keepSecret', { name: SECRET_NAME, value });
  await database.write('seedProfiles', { profiles: configured.map(profileRow) });
  const rows = await database.read(db.selectFrom('deidentification_profile').selectAll().orderBy('name'));
  return new Deidentification(
    Buffer.from(secret, 'base64'),
    rows.map(({ name, profile }) => readProfile(name, profile)),
  );
}
