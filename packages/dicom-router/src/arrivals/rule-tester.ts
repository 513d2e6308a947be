import { type DataSet, firstText, TAG } from '@filmless/dicom';
import { RouterError } from '../errors.ts';
import { searchArchive } from '../query/search-archive.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import { instanceOf } from '../retrieve/selection.ts';
import { decide, decideComplete, type PrefetchDecision, type PreparedRules, type RuleTrace } from '../routing/decide.ts';
import type { Decision } from '../routing/decision.ts';
import type { ArrivalSource, Facts } from '../routing/facts.ts';
import { archivedHeader, archivedStudy } from './archived.ts';
import type { ArrivalsOptions } from './arrivals.ts';

/** Instances of a study that are tried; of more the first are. */
const MOST_INSTANCES = 2_000;

/** What would happen to instances of one series that are treated alike. */
export interface TriedGroup {
  readonly seriesInstanceUid: string;
  readonly modality: string;
  readonly instances: number;
  /** The one whose reasons these are. */
  readonly firstInstanceUid: string;
  readonly onArrival: readonly Decision[];
  /** Beside that, once the study is complete. */
  readonly whenComplete: readonly Decision[];
  readonly prefetches: readonly PrefetchDecision[];
  readonly rules: readonly TriedRule[];
}

/** Whether a rule fits, and why not. */
interface TriedRule {
  readonly rule: string;
  readonly fit: RuleTrace['fit'];
  readonly conditions: readonly {
    readonly condition: string;
    readonly name: string | undefined;
    readonly wanted: readonly string[];
    readonly found: string;
    readonly fits: boolean;
  }[];
  readonly sends: RuleTrace['sends'];
}

export interface Tried {
  readonly groups: readonly TriedGroup[];
  /** Instances that were tried. */
  readonly instances: number;
  /** The study has more. */
  readonly more: boolean;
}

/** A study as if it arrived: what is not said of its source is not known. */
export interface Trial {
  readonly rules: PreparedRules;
  readonly studyInstanceUid: string;
  readonly source: Omit<ArrivalSource, 'facility'> & { readonly facility?: string | undefined };
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * What rules would make of a study that the archive holds. Asks what routing asks, and does nothing.
 * @throws RouterError `not-found`, `archive`
 */
export async function tryRules(options: ArrivalsOptions, trial: Trial, signal: AbortSignal): Promise<Tried> {
  const { archiveFetch, limits } = options;
  const archive = (request: Request) => archiveFetch(request);
  const study = await archivedStudy(archive, trial.studyInstanceUid, signal);
  if (study === undefined) {
    throw new RouterError('not-found', 'the archive holds no such study');
  }
  const source = { ...trial.source, facility: trial.source.facility ?? study.facility };
  const groups = new Map<string, TriedGroup>();
  let instances = 0;
  const url = `/dicom-web/studies/${trial.studyInstanceUid}/instances?includefield=00083002&limit=${limits.searchPage}`;
  for await (const result of searchArchive(archive, url, limits, signal)) {
    const instance = instanceOf(result);
    if (instance !== undefined && instances === MOST_INSTANCES) {
      return { groups: [...groups.values()], instances, more: true };
    }
    const header = instance === undefined ? undefined : await archivedHeader(archive, instance, signal);
    if (instance !== undefined && header !== undefined) {
      instances += 1;
      add(groups, tryInstance(options, trial, source, instance, header));
    }
  }
  return { groups: [...groups.values()], instances, more: false };
}

function add(groups: Map<string, TriedGroup>, tried: TriedGroup): void {
  const { seriesInstanceUid, onArrival, whenComplete, rules } = tried;
  const fits = rules.map(({ fit, sends }) => [fit, ...sends.map(({ fate }) => fate)].join());
  const key = JSON.stringify([seriesInstanceUid, onArrival, whenComplete, fits]);
  const known = groups.get(key);
  groups.set(key, known === undefined ? tried : { ...known, instances: known.instances + 1 });
}

function tryInstance(
  { destinations }: ArrivalsOptions,
  { rules, at }: Trial,
  source: ArrivalSource,
  { seriesInstanceUid, sopInstanceUid }: DeliveredInstance,
  header: DataSet,
): TriedGroup {
  const facts: Facts = { source, header, complete: false, at, now: at };
  const traces: RuleTrace[] = [];
  const first = decide(rules, destinations.byId, facts, (trace) => traces.push(trace));
  const complete: Facts = { ...facts, complete: true };
  const lateTraces: RuleTrace[] = [];
  const late = decideComplete(rules, destinations.byId, complete, (trace) => lateTraces.push(trace));
  const sent = new Set(first.decisions.map(({ destination }) => destination));
  const tried = rules.rules.map(({ rule }, index) => {
    const waits = rule.when.complete === true;
    return triedRule((waits ? lateTraces : traces)[index], rule.name, waits ? complete : facts, waits ? sent : new Set());
  });
  return {
    seriesInstanceUid,
    modality: firstText(header, TAG.Modality) ?? '',
    instances: 1,
    firstInstanceUid: sopInstanceUid,
    onArrival: first.decisions,
    whenComplete: late.decisions,
    prefetches: [...first.prefetches, ...late.prefetches],
    rules: tried,
  };
}

function triedRule(trace: RuleTrace | undefined, rule: string, facts: Facts, sentBefore: ReadonlySet<string>): TriedRule {
  const { fit = 'differs', conditions = [], sends = [] } = trace ?? {};
  return {
    rule,
    fit,
    conditions: conditions.map(({ condition, fit: fitting }) => ({
      condition: condition.kind,
      name: condition.name,
      wanted: condition.wanted,
      found: condition.found(facts),
      fits: fitting === 'fits',
    })),
    sends: sends.map(({ to, fate }) => ({ to, fate: fate === 'sent' && sentBefore.has(to) ? ('already' as const) : fate })),
  };
}
