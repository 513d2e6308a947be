import { type Procedure, run, runFirst } from '@filmless/database';
import { type DataSet, type MatchKey, matchesAll } from '@filmless/dicom';
import { sql } from 'kysely';
import type { WorkitemState } from '../core/workitems/model.ts';
import type { Forget } from '../core/workitems/workitem-records.ts';
import { db } from './tables.ts';
import type { WorkitemSubscriptionTable, WorkitemTable, WorkitemWatcherTable } from './workitem-tables.ts';

type AddWorkitem = Procedure<{ readonly workitem: WorkitemTable; readonly forget: Forget }, boolean>;
type ChangeWorkitem = Procedure<
  {
    readonly uid: string;
    readonly version: number;
    readonly row: Pick<WorkitemTable, 'transaction_uid' | 'start_at' | 'attributes' | 'updated_at' | 'ended_at'> & {
      readonly state: WorkitemState;
    };
  },
  boolean
>;

type ForgetWorkitems = Procedure<{ readonly facility: string; readonly forget: Forget }, void>;

/** Ended ones that are forgotten with one that comes: more than come, few enough that nobody waits. */
const FORGOTTEN = 20;
/** Looked at together by a new watcher. */
const PAGE = 200;

const addWorkitem: AddWorkitem = function* ({ workitem, forget }) {
  const added = yield* runFirst(
    db
      .insertInto('workitem')
      .values(workitem)
      .onConflict((known) => known.column('uid').doNothing())
      .returning('uid'),
  );
  if (added === undefined) {
    return false;
  }
  yield* subscribeWatchers(workitem);
  yield* forgetSome(forget);
  return true;
};

/** Some that ended long ago, of all facilities or of one. */
function* forgetSome({ before, lockedBefore }: Forget, facility?: string) {
  const old = yield* run(
    db
      .selectFrom('workitem')
      .select('uid')
      .where('ended_at', '<', before)
      .$if(facility !== undefined, (all) => all.where('facility', '=', facility ?? ''))
      .where(({ eb, or, not, exists, selectFrom }) =>
        or([
          eb('ended_at', '<', lockedBefore),
          not(
            exists(
              selectFrom('workitem_subscription as lock')
                .select('lock.uid')
                .whereRef('lock.uid', '=', 'workitem.uid')
                .where('lock.locked', '=', 1),
            ),
          ),
        ]),
      )
      .orderBy('ended_at')
      .limit(FORGOTTEN),
  );
  for (const { uid } of old) {
    yield* run(db.deleteFrom('workitem').where('uid', '=', uid));
  }
}

const forgetWorkitems: ForgetWorkitems = function* ({ facility, forget }) {
  yield* forgetSome(forget, facility);
};

/** Who watches the worklist is told of what is new in it. PS3.4 table CC.2.3-2. */
function* subscribeWatchers({ uid, facility, attributes }: WorkitemTable) {
  const watchers = yield* run(db.selectFrom('workitem_watcher').selectAll().where('facility', '=', facility));
  for (const { ae_title, locked, filter } of watchers) {
    if (filter === null || matchesAll(JSON.parse(attributes) as DataSet, JSON.parse(filter) as readonly MatchKey[])) {
      yield* run(db.insertInto('workitem_subscription').values({ uid, ae_title, locked }));
    }
  }
}

const changeWorkitem: ChangeWorkitem = function* ({ uid, version, row }) {
  const changed = yield* runFirst(
    db
      .updateTable('workitem')
      .set({ ...row, version: version + 1 })
      .where('uid', '=', uid)
      .where('version', '=', version)
      .returning('uid'),
  );
  return changed !== undefined;
};

type SubscribeWorkitem = Procedure<WorkitemSubscriptionTable, boolean>;
type UnsubscribeWorkitem = Procedure<Pick<WorkitemSubscriptionTable, 'uid' | 'ae_title'>, boolean>;
type WatchWorkitems = Procedure<
  { readonly facilities: readonly string[]; readonly watcher: Omit<WorkitemWatcherTable, 'facility'>; readonly most: number },
  string | undefined
>;
type SubscribeSome = Procedure<
  Pick<WorkitemWatcherTable, 'facility' | 'ae_title'> & { readonly after: string },
  string | undefined
>;
type UnwatchWorkitems = Procedure<{ readonly facility: string; readonly ae_title: string; readonly keep: boolean }, boolean>;

const subscribeWorkitem: SubscribeWorkitem = function* (subscription) {
  const known = yield* runFirst(db.selectFrom('workitem').select('uid').where('uid', '=', subscription.uid));
  if (known === undefined) {
    return false;
  }
  yield* run(
    db
      .insertInto('workitem_subscription')
      .values(subscription)
      .onConflict((before) => before.columns(['uid', 'ae_title']).doUpdateSet({ locked: subscription.locked })),
  );
  return true;
};

const unsubscribeWorkitem: UnsubscribeWorkitem = function* ({ uid, ae_title }) {
  const gone = yield* runFirst(
    db.deleteFrom('workitem_subscription').where('uid', '=', uid).where('ae_title', '=', ae_title).returning('uid'),
  );
  return gone !== undefined;
};

const watchWorkitems: WatchWorkitems = function* ({ facilities, watcher, most }) {
  for (const facility of facilities) {
    const others = yield* run(
      db
        .selectFrom('workitem_watcher')
        .select('ae_title')
        .where('facility', '=', facility)
        .where('ae_title', '<>', watcher.ae_title),
    );
    if (others.length >= most) {
      return facility;
    }
  }
  for (const facility of facilities) {
    yield* run(
      db
        .insertInto('workitem_watcher')
        .values({ ...watcher, facility })
        .onConflict((before) => before.columns(['facility', 'ae_title']).doUpdateSet(watcher)),
    );
  }
  return undefined;
};

/**
 * Subscribes a watcher to some of what is there, by UID; gives the last that was looked at, until there is no more or nobody watches any more.
 * NOTE: a watcher is written down before this looks for Workitems, and whoever adds one looks for watchers in the same step as it is added: of
 * two at once one sees the other.
 */
const subscribeSome: SubscribeSome = function* ({ facility, ae_title, after }) {
  const watcher = yield* runFirst(
    db.selectFrom('workitem_watcher').selectAll().where('facility', '=', facility).where('ae_title', '=', ae_title),
  );
  if (watcher === undefined) {
    return undefined;
  }
  const { locked, filter } = watcher;
  const keys = filter === null ? undefined : (JSON.parse(filter) as readonly MatchKey[]);
  // What nobody looks at is not read.
  const attributes = keys === undefined ? sql<string>`''` : sql<string>`attributes`;
  const page = yield* run(
    db
      .selectFrom('workitem')
      .select(['uid', attributes.as('attributes')])
      .where('facility', '=', facility)
      .where('uid', '>', after)
      .orderBy('uid')
      .limit(PAGE),
  );
  const found = page.filter((one) => keys === undefined || matchesAll(JSON.parse(one.attributes) as DataSet, keys));
  if (found.length > 0) {
    // One that was subscribed by itself stays as it is: it says more. PS3.4 CC.2.3.1.
    yield* run(
      db
        .insertInto('workitem_subscription')
        .values(found.map(({ uid }) => ({ uid, ae_title, locked })))
        .onConflict((before) => before.columns(['uid', 'ae_title']).doNothing()),
    );
  }
  return page.length < PAGE ? undefined : page.at(-1)?.uid;
};

const unwatchWorkitems: UnwatchWorkitems = function* ({ facility, ae_title, keep }) {
  const watcher = yield* runFirst(
    db.deleteFrom('workitem_watcher').where('facility', '=', facility).where('ae_title', '=', ae_title).returning('ae_title'),
  );
  if (keep) {
    return watcher !== undefined;
  }
  const within = db.selectFrom('workitem').select('uid').where('facility', '=', facility);
  const subscribed = yield* runFirst(
    db.selectFrom('workitem_subscription').select('uid').where('ae_title', '=', ae_title).where('uid', 'in', within).limit(1),
  );
  yield* run(db.deleteFrom('workitem_subscription').where('ae_title', '=', ae_title).where('uid', 'in', within));
  return watcher !== undefined || subscribed !== undefined;
};

export const workitemProcedures: {
  readonly addWorkitem: AddWorkitem;
  readonly forgetWorkitems: ForgetWorkitems;
  readonly changeWorkitem: ChangeWorkitem;
  readonly subscribeWorkitem: SubscribeWorkitem;
  readonly unsubscribeWorkitem: UnsubscribeWorkitem;
  readonly watchWorkitems: WatchWorkitems;
  readonly subscribeSome: SubscribeSome;
  readonly unwatchWorkitems: UnwatchWorkitems;
} = {
  addWorkitem,
  forgetWorkitems,
  changeWorkitem,
  subscribeWorkitem,
  unsubscribeWorkitem,
  watchWorkitems,
  subscribeSome,
  unwatchWorkitems,
};
