import { randomUUID } from 'node:crypto';
import type { Scope } from '@filmless/access';
import {
  type DataSet,
  DicomError,
  displayName,
  firstText,
  foldName,
  isUid,
  type MutableDataSet,
  parsePersonName,
  personName,
  type ReceivedObject,
  TAG,
  type TagKey,
} from '@filmless/dicom';
import { type Dependencies, issuerOf } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import type { Inspecting } from '../inspecting.ts';
import { patientDifferences } from '../orders/matching.ts';
import { receive } from '../receiving.ts';
import type { StoreOutcome } from '../store-outcome.ts';
import { type AttributeChange, changedObject } from './change-object.ts';
import type { ImportBasis, PatientImport, PersonFacts } from './model.ts';
import { orderAttributes, orderedPerson } from './order-patient.ts';

/** As a person wishes it: whose study it is, as she found out. */
export interface WishedImport {
  readonly studyInstanceUid: string;
  readonly original: PersonFacts;
  readonly under: ImportBasis;
  /** The people differ in more than their ids, and somebody looked. */
  readonly confirm: boolean;
  readonly by: string;
}

type Needs = Pick<Dependencies, 'records' | 'index' | 'reception' | 'facilities' | 'log' | 'now'>;

type Refused = Extract<StoreOutcome, { readonly status: 'refused' }>;

interface Target {
  readonly facility: string;
  readonly patient: PersonFacts;
  readonly attributes: DataSet;
}

const ISSUER_QUALIFIERS: TagKey = '00100024';
const ISSUER_OF_ACCESSION: TagKey = '00080051';
/** Decisions of one study that are shown. */
const MOST_DECISIONS = 100;
/** Modifying System (0400,0563). */
const SYSTEM = 'FILMLESS';

/** Studies from elsewhere that a person puts under a patient of this house, and what is done to their objects for it. */
export class ImportDesk {
  readonly #with: Needs;
  readonly #inspecting: Inspecting;

  constructor(dependencies: Needs, inspecting: Inspecting) {
    this.#with = dependencies;
    this.#inspecting = inspecting;
  }

  /**
   * Writes a decision down; the same decision twice is one.
   * @throws ArchiveError `not-found` for an order or a study that is not there; `conflict` with `code`: `patient-mismatch` when the people
   * differ and nobody confirmed it, with `differences`; `study-here` when the study is here already, of another patient
   */
  async begin(wish: WishedImport, scope: Scope): Promise<{ readonly decision: PatientImport; readonly isNew: boolean }> {
    const target =
      wish.under.kind === 'order' ? await this.#byOrder(wish.under.accessionNumber, scope) : await this.#byStudy(wish, scope);
    const { facility, patient, attributes } = target;
    await this.#checkNotHere(wish.studyInstanceUid, target, scope);
    const { original, studyInstanceUid, under: basis, by } = wish;
    const differences = differencesOf(original, patient);
    if (differences.length > 0 && !wish.confirm) {
      const fields = differences.map(({ field }) => field).join(', ');
      throw new ArchiveError('conflict', `the study's patient is not the one chosen: ${fields} differ; confirm it`, {
        members: { code: 'patient-mismatch', differences },
      });
    }
    const at = this.#with.now();
    return await this.#with.records.imports.add({
      id: randomUUID(),
      studyInstanceUid,
      facility,
      original,
      patient,
      basis,
      attributes,
      by,
      at,
    });
  }

  /** @throws ArchiveError `not-found`, also for a decision of another facility */
  async get(id: string, scope: Scope): Promise<PatientImport> {
    const found = await this.#with.records.imports.find(id);
    if (found === undefined || !isOwn(found.facility, scope)) {
      throw new ArchiveError('not-found', 'there is no such import');
    }
    return found;
  }

  /** What was decided of a study, the oldest first. @throws ArchiveError `not-found` for a study that is neither here nor decided of */
  async ofStudy(studyInstanceUid: string, scope: Scope): Promise<readonly PatientImport[]> {
    const all = await this.#with.records.imports.ofStudy(studyInstanceUid, MOST_DECISIONS);
    const own = all.filter(({ facility }) => isOwn(facility, scope));
    if (own.length === 0 && (await this.#with.index.studyDetail(studyInstanceUid, scope, this.#with.now())) === undefined) {
      throw new ArchiveError('not-found', 'there is no such study');
    }
    return own;
  }

  /**
   * The object as it is to be stored by a decision; `received` is let go in any case. What is wrong with it, such as that it is of another
   * study, or names another patient than was compared, or what keeps it from being read or stored, is an outcome: many are under way at
   * once, and nobody waits for the one that fails.
   */
  async change(received: ReceivedObject, decision: PatientImport): Promise<ReceivedObject | Refused> {
    const { reception } = this.#with;
    const named: Named = {};
    try {
      await using source = await reception.open(received);
      const pieces = changedObject(source, (head) => {
        Object.assign(named, namesOf(head));
        checkMeant(head, decision);
        return changeBy(head, decision);
      });
      return await this.#inspecting.holding(source, () => receive(reception, ReadableStream.from(pieces), undefined));
    } catch (error) {
      return { status: 'refused', ...this.#refusalOf(error), ...named };
    } finally {
      await reception.release(received);
    }
  }

  #refusalOf(error: unknown): Pick<Refused, 'reason' | 'message'> {
    if (error instanceof DicomError || (error instanceof ArchiveError && error.code === 'limit-exceeded')) {
      return { reason: 'broken', message: error.message };
    }
    if (error instanceof ArchiveError && (error.code === 'store-full' || error.code === 'store-away')) {
      return { reason: error.code === 'store-full' ? 'full' : 'away', message: error.message };
    }
    this.#with.log.error({ error: String(error) }, 'import-refused');
    return { reason: 'away', message: 'the archive cannot store now: try again later' };
  }

  async #byOrder(accessionNumber: string, scope: Scope): Promise<Target> {
    const { records } = this.#with;
    const facilities = scope.facilities === 'all' ? this.#with.facilities().map(({ id }) => id) : scope.facilities;
    const orders = await records.orders.byAccession(accessionNumber, facilities);
    const [order] = orders;
    if (order === undefined) {
      throw new ArchiveError('not-found', 'there is no such order');
    }
    if (orders.length > 1) {
      throw new ArchiveError('conflict', 'several facilities have an order of this number: sign in at the one it is meant for');
    }
    if (order.state === 'CANCELLED') {
      throw new ArchiveError('conflict', 'the order is cancelled; change it with ?restore=true first');
    }
    const { facility } = order.document;
    const issuer = issuerOf(this.#with, facility);
    return { facility, patient: orderedPerson(order, issuer), attributes: orderAttributes(order, issuer) };
  }

  async #byStudy({ under, studyInstanceUid }: WishedImport, scope: Scope): Promise<Target> {
    const uid = under.kind === 'study' ? under.studyInstanceUid : '';
    const study = await this.#with.index.studyDetail(uid, scope, this.#with.now());
    if (study === undefined || !isOwn(study.facility, scope)) {
      throw new ArchiveError('not-found', 'there is no such study');
    }
    if (uid === studyInstanceUid) {
      throw new ArchiveError('invalid-request', 'under: choose another study of the patient; this one is the one imported');
    }
    const found = await this.#with.index.representative({ studyInstanceUid: uid }, scope, this.#with.now());
    const { id, issuer, name, birthDate, sex } = study.patient;
    return {
      facility: study.facility,
      patient: { id, issuer, name, birthDate: birthDate ?? '', sex },
      attributes: studyAttributes(found?.header ?? {}, study.patient),
    };
  }

  /** The rest of a study that is here under that very patient may follow; one of another patient would be in conflict, image by image. */
  async #checkNotHere(studyInstanceUid: string, { patient, facility }: Target, scope: Scope): Promise<void> {
    const here = await this.#with.index.studyDetail(studyInstanceUid, scope, this.#with.now());
    if (here === undefined || here.facility !== facility) {
      return;
    }
    const { id, issuer, name } = here.patient;
    if (id.trim() !== patient.id || issuer !== patient.issuer) {
      throw new ArchiveError('conflict', 'the study is here already, of another patient: what is stored is not changed', {
        members: { code: 'study-here', patient: { id, issuer, name } },
      });
    }
  }
}

function isOwn(facility: string, { facilities }: Scope): boolean {
  return facilities === 'all' || facilities.includes(facility);
}

/** In what two people differ beside their ids, which always do. */
function differencesOf(original: PersonFacts, patient: PersonFacts): ReturnType<typeof patientDifferences> {
  const study = { patient: { ...original, birthDate: original.birthDate === '' ? null : original.birthDate } };
  const { id, name, birthDate, sex } = patient;
  const all = patientDifferences(study, { id, name, birthDate, sex }, patient.issuer);
  return all.filter(({ field }) => field !== 'id' && field !== 'issuer');
}

const OF_PATIENT: readonly TagKey[] = [TAG.PatientName, TAG.PatientBirthDate, TAG.PatientSex];

/** As another study of the patient names them; what it leaves out stays as it is. */
function studyAttributes(header: DataSet, { id, issuer }: { readonly id: string; readonly issuer: string }): DataSet {
  const found: MutableDataSet = {
    [TAG.PatientID]: { vr: 'LO', Value: [id] },
    [TAG.IssuerOfPatientID]: { vr: 'LO', Value: [issuer] },
  };
  for (const tag of OF_PATIENT) {
    const attribute = header[tag];
    if (attribute?.Value !== undefined && attribute.Value.length > 0) {
      found[tag] = attribute;
    }
  }
  return found;
}

/** What tells more of a number that is replaced. PS3.3 C.2.2, C.7.2.1. */
function removedBy(attributes: DataSet): ReadonlySet<TagKey> {
  return new Set([ISSUER_QUALIFIERS, ...(attributes[TAG.AccessionNumber] === undefined ? [] : [ISSUER_OF_ACCESSION])]);
}

type Named = { -readonly [K in 'studyInstanceUid' | 'sopInstanceUid' | 'sopClassUid']?: string };

/** Which object it is, where it says so. */
function namesOf(head: DataSet): Named {
  const [studyInstanceUid, sopInstanceUid, sopClassUid] = [TAG.StudyInstanceUID, TAG.SOPInstanceUID, TAG.SOPClassUID].map(
    (tag) => firstText(head, tag)?.trim() ?? '',
  );
  return [studyInstanceUid, sopInstanceUid, sopClassUid].every((uid) => uid !== undefined && isUid(uid))
    ? { studyInstanceUid: studyInstanceUid ?? '', sopInstanceUid: sopInstanceUid ?? '', sopClassUid: sopClassUid ?? '' }
    : {};
}

/** The same decision makes the same object of the same object, whenever it comes. */
function changeBy(head: DataSet, { attributes: set, at }: PatientImport): AttributeChange {
  const remove = removedBy(set);
  const source = firstText(head, TAG.InstitutionName)?.slice(0, 64) ?? '';
  return { set, remove, coercion: { at: Date.parse(at), system: SYSTEM, source, keepsAll: true, removed: remove } };
}

/** @throws DicomError for an object that the person did not mean */
function checkMeant(head: DataSet, { studyInstanceUid, original }: PatientImport): void {
  const study = firstText(head, TAG.StudyInstanceUID) ?? '';
  if (study.trim() !== studyInstanceUid) {
    throw new DicomError('invalid-value', 'it belongs to another study than the one that is imported');
  }
  const id = firstText(head, TAG.PatientID)?.trim() ?? '';
  const name = displayName(personName(head, TAG.PatientName));
  if (id !== original.id.trim() || folded(name) !== folded(original.name)) {
    throw new DicomError('invalid-value', 'it names another patient than the one that was compared');
  }
}

function folded(name: string): string {
  return foldName(parsePersonName(name));
}
