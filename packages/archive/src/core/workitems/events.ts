import { type DataSet, items } from '@filmless/dicom';
import { UPS } from './attributes.ts';
import { hasValue } from './data-set.ts';
import type { Workitem } from './model.ts';
import type { WorkitemNews } from './workitem-desk.ts';

/** Event Type ID of PS3.4 table CC.2.4-1: state, cancel requested, progress, assigned. */
export interface EventReport {
  readonly type: 1 | 2 | 3 | 5;
  readonly information: DataSet;
}

/** What subscribers are told of a Workitem, each within so many bytes. PS3.4 CC.2.4.3. */
export function reportsOf(news: WorkitemNews, most: number): readonly EventReport[] {
  return allReports(news).map((report) => (JSON.stringify(report).length > most ? lean(report) : report));
}

/** What must be in each report, where the whole is too long; of an assignment nothing must. PS3.4 table CC.2.4-1. */
const REQUIRED: Readonly<Record<EventReport['type'], readonly string[]>> = {
  1: [UPS.ProcedureStepState, UPS.InputReadinessState],
  2: [UPS.RequestingAE],
  3: [],
  5: [],
};

function lean({ type, information }: EventReport): EventReport {
  if (type === 3) {
    const [progress = {}] = items(information, UPS.ProcedureStepProgressInformationSequence);
    const item = some(progress, [UPS.ProcedureStepProgress]);
    return { type, information: { [UPS.ProcedureStepProgressInformationSequence]: { vr: 'SQ', Value: [item] } } };
  }
  return { type, information: some(information, REQUIRED[type]) };
}

function allReports(news: WorkitemNews): readonly EventReport[] {
  const { workitem } = news;
  switch (news.kind) {
    case 'created':
      return [stateReport(workitem), ...assignments(workitem)];
    case 'moved':
      return [stateReport(workitem)];
    case 'cancel-requested':
      return [
        {
          type: 2,
          information: {
            ...some(news.request.attributes, CANCELLATION),
            [UPS.RequestingAE]: { vr: 'AE', Value: [news.request.requestingAe] },
          },
        },
      ];
    case 'updated': {
      const { before } = news;
      const differs = (...tags: readonly string[]) =>
        tags.some((tag) => JSON.stringify(before.attributes[tag]) !== JSON.stringify(workitem.attributes[tag]));
      return [
        ...(differs(UPS.InputReadinessState) ? [stateReport(workitem)] : []),
        ...(differs(UPS.ProcedureStepProgressInformationSequence) ? [progressReport(workitem)] : []),
        ...(differs(UPS.ScheduledStationNameCodeSequence, UPS.ScheduledHumanPerformersSequence) ? assignments(workitem) : []),
      ];
    }
  }
}

const CANCELLATION = [
  UPS.ReasonForCancellation,
  UPS.ProcedureStepDiscontinuationReasonCodeSequence,
  UPS.ContactURI,
  UPS.ContactDisplayName,
] as const;

function stateReport({ state, attributes }: Workitem): EventReport {
  const [progress = {}] = state === 'CANCELED' ? items(attributes, UPS.ProcedureStepProgressInformationSequence) : [];
  return {
    type: 1,
    information: {
      ...some(attributes, [UPS.InputReadinessState]),
      [UPS.ProcedureStepState]: { vr: 'CS', Value: [state] },
      ...some(progress, [UPS.ReasonForCancellation, UPS.ProcedureStepDiscontinuationReasonCodeSequence]),
    },
  };
}

function progressReport({ attributes }: Workitem): EventReport {
  return { type: 3, information: some(attributes, [UPS.ProcedureStepProgressInformationSequence], true) };
}

/** One for each performer, or one for the station alone. */
function assignments({ attributes }: Workitem): readonly EventReport[] {
  const station = some(attributes, [UPS.ScheduledStationNameCodeSequence]);
  const performers = items(attributes, UPS.ScheduledHumanPerformersSequence).map((performer) =>
    some(performer, [UPS.HumanPerformerCodeSequence, UPS.HumanPerformerOrganization]),
  );
  const all = performers.length > 0 ? performers : [{}];
  return all
    .map((performer): EventReport => ({ type: 5, information: { ...performer, ...station } }))
    .filter(({ information }) => Object.keys(information).length > 0);
}

function some(attributes: DataSet, tags: readonly string[], evenEmpty = false): DataSet {
  return Object.fromEntries(
    tags.flatMap((tag) => {
      const attribute = attributes[tag];
      return attribute !== undefined && (evenEmpty || hasValue(attribute)) ? [[tag, attribute] as const] : [];
    }),
  );
}
