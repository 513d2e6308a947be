import { type AppEnv, isOwnOrigin, problem, scopeOf, type TextChannel } from '@filmless/access';
import { type DataSet, TAG } from '@filmless/dicom';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import type { WorkitemEvents } from '../../core/model.ts';
import { UPS_PUSH } from '../../core/workitems/model.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { aeTitleOf } from './ae-title.ts';

/** A connection ends then at the latest, and the client opens another. */
const MAX_OPEN_MS = 3_600_000;
/** Going away. RFC 6455 7.4.1. */
const GOING_AWAY = 1001;

/** Open Notification Connection, and the event reports that go over it. PS3.18 8.10.4, 8.10.5, 11.13. */
export function addNotificationRoute(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  app.get('/dicom-web/subscribers/:aetitle', context.access.guard('view'), (c) => open(c, context));
}

function open(c: RequestContext, { core, access }: HttpContext): Response {
  const aeTitle = aeTitleOf(c);
  checkOrigin(c);
  const { webSocket } = c.env;
  if (webSocket === undefined) {
    return problem(c, 426, 'WebSocket needed', 'Open a WebSocket at this address. RFC 6455.', { upgrade: 'websocket' });
  }
  let channel: TextChannel | undefined;
  let sent = 0;
  const subscription = core.subscribe(scopeOf(c.get('subject')), (change) => {
    if ('workitemUid' in change && change.aeTitles.includes(aeTitle)) {
      for (const report of eventDataSets(change)) {
        sent += 1;
        channel?.send(JSON.stringify({ ...report, [TAG.MessageID]: { vr: 'US', Value: [((sent - 1) % 0xffff) + 1] } }));
      }
    }
  });
  webSocket((opened) => {
    channel = opened;
    const close = () => opened.close(GOING_AWAY);
    const end = setTimeout(close, MAX_OPEN_MS).unref();
    const held = access.whileHeld(c, close);
    return {
      [Symbol.dispose]: () => {
        clearTimeout(end);
        held[Symbol.dispose]();
        subscription[Symbol.dispose]();
      },
    };
  });
  return c.body(null, 204);
}

/** As an N-EVENT-REPORT has them. PS3.7 table 10.3-1. */
function eventDataSets({ workitemUid, reports }: WorkitemEvents): readonly DataSet[] {
  return reports.map(({ type, information }) => ({
    [TAG.AffectedSOPClassUID]: { vr: 'UI', Value: [UPS_PUSH] },
    [TAG.CommandField]: { vr: 'US', Value: [N_EVENT_REPORT] },
    [TAG.MessageID]: { vr: 'US', Value: [0] },
    [TAG.CommandDataSetType]: { vr: 'US', Value: [0] },
    [TAG.AffectedSOPInstanceUID]: { vr: 'UI', Value: [workitemUid] },
    [TAG.EventTypeID]: { vr: 'US', Value: [type] },
    ...information,
  }));
}

const N_EVENT_REPORT = 0x0100;

/**
 * A browser opens a WebSocket for any page, with the cookie or password it remembers; only our own pages may have that. Who shows a token
 * does so itself. RFC 6455 10.2.
 */
function checkOrigin(c: RequestContext): void {
  const origin = c.req.header('origin');
  const isToken = (c.req.header('authorization') ?? '').toLowerCase().startsWith('bearer ');
  const isOwn = origin === undefined || isOwnOrigin(origin, { host: c.req.header('host'), secure: c.env.secure });
  if (!isToken && !isOwn) {
    throw new ArchiveError('not-allowed', 'This connection is asked for by another site.');
  }
}
