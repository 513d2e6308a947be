import { type Procedure, run, runFirst } from '@filmless/database';
import type { Claim, MadeText, NamedSeries } from '../core/series/series-texts.ts';
import * as statements from './series-statements.ts';

/** Series of studies that are not quiet yet, put off by one claim. */
const MOST_PUT_OFF = 100;

/** The next series of a quiet study that nobody has claimed; those that are not quiet yet are looked at when they may be. */
export const claimSeries: Procedure<Claim, statements.ClaimedRow | undefined> = function* ({
  now,
  quietSince,
  quietMs,
  by,
  until,
}) {
  for (let looked = 0; looked < MOST_PUT_OFF; looked += 1) {
    const work = yield* runFirst(statements.claimWork({ now, by, until }));
    if (work === undefined) {
      return undefined;
    }
    const series = yield* runFirst(statements.claimedSeries({ id: work.series_id }));
    if (series !== undefined && series.updated_at <= quietSince) {
      return series;
    }
    if (series !== undefined) {
      const due_at = new Date(Date.parse(series.updated_at) + quietMs).toISOString();
      yield* run(statements.postponeWork({ id: series.id, due_at }));
    }
  }
  return undefined;
};

export interface SettleArgs {
  readonly id: number;
  readonly changes: number;
  readonly text: MadeText | null;
}

/** False, and nothing is done, for a series that changed since it was claimed. */
export const settle: Procedure<SettleArgs, boolean> = function* ({ id, changes, text }) {
  if ((yield* runFirst(statements.settleSeries({ id, changes }))) === undefined) {
    return false;
  }
  yield* run(statements.deleteText({ id }));
  if (text !== null) {
    const { textBytes, ...others } = text;
    yield* run(statements.insertText({ id, text_bytes: textBytes, ...others }));
  }
  yield* run(statements.deleteWork({ id }));
  return true;
};

export const postpone: Procedure<statements.DueSeries, void> = function* (series) {
  yield* run(statements.postponeWork(series));
};

export const workAgain: Procedure<
  Pick<NamedSeries, 'studyInstanceUid' | 'seriesInstanceUid'> & { readonly due_at: string },
  void
> = function* ({ studyInstanceUid, seriesInstanceUid, due_at }) {
  yield* run(statements.workAgain({ study: studyInstanceUid, series: seriesInstanceUid, due_at }));
};
