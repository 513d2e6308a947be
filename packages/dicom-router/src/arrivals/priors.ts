import { type DataSet, firstText, TAG, texts } from '@filmless/dicom';
import { retryDelayMs } from '../destinations/backoff.ts';
import { messageOf } from '../errors.ts';
import { searchArchive } from '../query/search-archive.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import { db } from '../records/tables.ts';
import { instanceOf } from '../retrieve/selection.ts';
import type { PrefetchDecision } from '../routing/decide.ts';
import type { Decision } from '../routing/decision.ts';
import type { ArrivalSource } from '../routing/facts.ts';
import type { RulePrefetch } from '../routing/rule.ts';
import type { ArrivalsOptions } from './arrivals.ts';
import { untilNext } from './looking.ts';

/** Studies of a patient that are looked at for priors. */
const MOST_STUDIES = 500;
/** Studies whose priors were asked for: most often the next instance of the same comes at once. */
const REMEMBERED = 1_000;
const FORGET_MS = 3_600_000;

/** What stands in the database of priors that are to be sent. */
interface Wanted {
  readonly prefetch: RulePrefetch;
  readonly decision: Decision;
  /** Whose studies are looked at. */
  readonly facility: string;
}

/** Notes which destinations are to get priors, once a study. */
export class PriorsWanted {
  readonly #options: Pick<ArrivalsOptions, 'database' | 'clock'>;
  readonly #noted = new Set<string>();

  constructor(options: Pick<ArrivalsOptions, 'database' | 'clock'>) {
    this.#options = options;
  }

  /** True when something was noted. */
  async note(
    { studyInstanceUid }: DeliveredInstance,
    { facility }: ArrivalSource,
    prefetches: readonly PrefetchDecision[],
  ): Promise<boolean> {
    let any = false;
    for (const { destination, prefetch, decision } of prefetches) {
      const key = `${destination} ${studyInstanceUid}`;
      if (!this.#noted.has(key)) {
        const wanted: Wanted = { prefetch, decision, facility };
        const now = this.#options.clock.now();
        await this.#options.database.write('notePrefetch', {
          destination,
          studyInstanceUid,
          wanted: JSON.stringify(wanted),
          now,
        });
        this.#remember(key);
        any = true;
      }
    }
    return any;
  }

  #remember(key: string): void {
    this.#noted.add(key);
    if (this.#noted.size > REMEMBERED) {
      const [oldest = ''] = this.#noted;
      this.#noted.delete(oldest);
    }
  }
}

/** Queues the priors of one study for one destination. */
export async function priorsRound(options: ArrivalsOptions, signal: AbortSignal): Promise<number> {
  const { clock, database, limits, log } = options;
  const open = db.selectFrom('prefetch').where('done', '=', 0);
  const [due] = await database.read(open.selectAll().where('next_look', '<=', clock.now()).orderBy('next_look').limit(1));
  if (due === undefined) {
    await database.write('forgetPrefetches', { before: clock.now() - limits.deliveredKeptMs });
    const [next] = await database.read(open.select((column) => column.fn.min('next_look').as('at')));
    return Math.min(FORGET_MS, untilNext(next?.at, clock.now()));
  }
  const { id, attempts, destination, study_instance_uid, wanted } = due;
  try {
    const studies = await queuePriors(options, study_instance_uid, destination, parseWanted(wanted), signal);
    log.info({ destination, studies }, 'routing.priors');
    await database.write('settlePrefetch', { id });
  } catch (error) {
    signal.throwIfAborted();
    const problem = messageOf(error);
    log.warn({ destination, attempts: attempts + 1, problem }, 'routing.priors-postponed');
    const nextLook = clock.now() + retryDelayMs(attempts + 1, limits.deliveryDelayMs, limits.deliveryMaxDelayMs);
    await database.write('settlePrefetch', { id, again: { problem, nextLook } });
  }
  return 0;
}

/** What `note` wrote. */
function parseWanted(text: string): Wanted {
  return JSON.parse(text) as Wanted;
}

/** Gives how many studies. */
async function queuePriors(
  options: ArrivalsOptions,
  studyInstanceUid: string,
  destination: string,
  { prefetch, decision, facility }: Wanted,
  signal: AbortSignal,
): Promise<number> {
  const { aeTitle, archiveFetch, deliveries, limits } = options;
  // As whoever may see what the facility may: the priors of others are not ours to send.
  const archive = (request: Request) => archiveFetch(request, { aeTitle, facility });
  const search = (url: string) => searchArchive(archive, url, limits, signal);
  const priors = await findPriors(search, studyInstanceUid, prefetch);
  for (const prior of priors) {
    for await (const result of search(`/dicom-web/studies/${prior}/instances?includefield=00083002&limit=${limits.searchPage}`)) {
      const instance = instanceOf(result);
      if (instance !== undefined) {
        await deliveries.queue(instance, [{ ...decision, destination, priority: prefetch.priority }], false);
      }
    }
  }
  return priors.length;
}

type Search = (url: string) => AsyncGenerator<DataSet, void, void>;

const FIELDS = [TAG.IssuerOfPatientID, '00080061', TAG.StudyDate, TAG.StudyTime].map((tag) => `&includefield=${tag}`).join('');

async function findPriors(
  search: Search,
  studyInstanceUid: string,
  { priors, modality }: RulePrefetch,
): Promise<readonly string[]> {
  const [study] = await taken(search(`/dicom-web/studies?${TAG.StudyInstanceUID}=${studyInstanceUid}${FIELDS}`), 1);
  const patient = study === undefined ? undefined : patientOf(study);
  if (study === undefined || patient === undefined) {
    return [];
  }
  const id = new URLSearchParams([[TAG.PatientID, firstText(study, TAG.PatientID) ?? '']]);
  const wanted = modality === 'any' ? undefined : modality === 'same' ? modalitiesOf(study) : modality;
  const others = await taken(search(`/dicom-web/studies?${id}${FIELDS}`), MOST_STUDIES);
  return (
    others
      .filter((other) => firstText(other, TAG.StudyInstanceUID) !== studyInstanceUid)
      // A PatientID may hold characters that match others.
      .filter((other) => patientOf(other) === patient && isEarlier(other, study))
      .filter((other) => wanted === undefined || modalitiesOf(other).some((code) => wanted.includes(code)))
      .toSorted((one, other) => (momentOf(other) < momentOf(one) ? -1 : 1))
      .slice(0, priors)
      .flatMap((other) => firstText(other, TAG.StudyInstanceUID) ?? [])
  );
}

async function taken(results: AsyncGenerator<DataSet, void, void>, most: number): Promise<readonly DataSet[]> {
  const found: DataSet[] = [];
  for await (const result of results) {
    found.push(result);
    if (found.length >= most) {
      break;
    }
  }
  return found;
}

/** The patient's key; undefined for a study that names none. */
function patientOf(study: DataSet): string | undefined {
  const id = firstText(study, TAG.PatientID)?.trim() ?? '';
  return id === '' ? undefined : JSON.stringify([firstText(study, TAG.IssuerOfPatientID)?.trim() ?? '', id]);
}

function modalitiesOf(study: DataSet): readonly string[] {
  return texts(study, '00080061');
}

function momentOf(study: DataSet): string {
  return `${firstText(study, TAG.StudyDate) ?? ''}${firstText(study, TAG.StudyTime) ?? ''}`;
}

/** Whatever has no date may be earlier. */
function isEarlier(other: DataSet, study: DataSet): boolean {
  return momentOf(study) === '' || momentOf(other) <= momentOf(study);
}
