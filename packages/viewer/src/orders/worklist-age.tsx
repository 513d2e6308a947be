import type { VNode } from 'preact';
import { readGateway } from '../api/gateway.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useRefresh } from '../app/use-refresh.ts';
import { Notice } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';

const REFRESH_MS = 30_000;
/** A worklist that is younger is as good as new: events come within seconds, signs of life every 15. */
const OLD_MS = 180_000;

/** At the gateway of a site: says of when the worklist is, once it is old. */
export function WorklistAge(): VNode | null {
  const { session } = useApp();
  return session.isGateway() ? <Age /> : null;
}

function Age(): VNode | null {
  const { client } = useApp();
  const { value, reload } = useLoaded('gateway', (signal) => readGateway(client, signal));
  useRefresh(reload, REFRESH_MS);
  const { ordersAsOf = null, problem = null } = value ?? {};
  if (value === undefined || (problem === null && ordersAsOf !== null && Date.now() - Date.parse(ordersAsOf) < OLD_MS)) {
    return null;
  }
  return (
    <div class="orders-age">
      <Notice kind="warning">
        {ordersAsOf === null ? t('gateway.noWorklist') : t('gateway.worklistOf', { at: formatInstant(ordersAsOf) })}
      </Notice>
    </div>
  );
}
