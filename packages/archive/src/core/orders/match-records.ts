import type { Match } from './order-records.ts';

export interface MatchWish {
  readonly match: Match;
  /** Of the study. */
  readonly modalities: readonly string[];
  /** Leave a study alone that was matched or released before: nobody decided this. */
  readonly onlyFirst: boolean;
}

/** Steps of an order that images tell of and no machine does. */
export interface ImagesWish {
  readonly orderId: number;
  readonly modalities: readonly string[];
  /** `IN_PROGRESS`: images come. `COMPLETED`: no more came for a while. */
  readonly to: 'IN_PROGRESS' | 'COMPLETED';
  readonly at: string;
}

/** Which study was made for which order, as truth: a rebuild of the index changes nothing of it. */
export interface MatchRecords {
  /** By Study Instance UID; released ones too. */
  matches(studyInstanceUids: readonly string[]): Promise<ReadonlyMap<string, Match>>;
  /** The order the study belonged to before; undefined when nothing was changed. */
  put(wish: MatchWish): Promise<{ readonly before: number | null } | undefined>;
  /** True when a state is another now. */
  moveByImages(wish: ImagesWish): Promise<boolean>;
  /** Up to when arrivals were looked at; ISO 8601. */
  seenUntil(): Promise<string | undefined>;
  setSeenUntil(at: string): Promise<void>;
}
