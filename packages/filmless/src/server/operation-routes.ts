import { type AppEnv, type OpenedAccess, problem } from '@filmless/access';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Config } from '../config/model.ts';
import { configurationFacts, diskFacts, environmentFacts } from '../support/facts.ts';
import { gatherHealth, healthText, type NamedSource } from './health.ts';
import type { Metrics } from './metrics/metrics.ts';

export interface OperationParts {
  readonly access: OpenedAccess;
  /** Who is asked how things are. */
  readonly sources: readonly NamedSource[];
  readonly metrics: Metrics;
  /** The local authority's certificate, if there is one. */
  readonly localAuthority: () => string | undefined;
  readonly config: Config;
}

/** JSON, unless a person asks for text: a browser, or `curl -H 'Accept: text/plain'`. */
function wantsText(accept: string | undefined): boolean {
  return accept !== undefined && /\btext\/(plain|html|\*)/.test(accept) && !accept.includes('application/json');
}

/** What those who look after the server ask: is it alive, can it store, where does its time go. */
export function addOperation(
  app: OpenAPIHono<AppEnv>,
  { access, sources, metrics, localAuthority, config }: OperationParts,
): void {
  app.get('/healthz', access.open('a process that answers is alive'), (c) => c.json({ status: 'ok' }));
  app.get('/readyz', access.open('for load balancers; names no patient'), async (c) => {
    const health = await gatherHealth(sources);
    const ready = health.problems.length === 0;
    const status = ready ? 200 : 503;
    return wantsText(c.req.header('accept')) ? c.text(healthText(health), status) : c.json({ ready, ...health }, status);
  });
  app.get('/metrics', access.signedIn(), async (c) => {
    c.header('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    return c.body(await metrics.text(c.get('subject'), await gatherHealth(sources)));
  });
  app.get('/api/support', access.guard('administer'), async (c) => {
    const health = await gatherHealth(sources);
    return c.json({
      environment: environmentFacts(),
      configuration: configurationFacts(config),
      disk: await diskFacts(config.dataDir),
      health,
      metrics: await metrics.text(c.get('subject'), health),
    });
  });
  app.get('/ca.crt', access.open('a workstation needs it before it can trust us'), (c) => {
    const certificate = localAuthority();
    if (certificate === undefined) {
      return problem(c, 404, 'Not found', 'This server has no certificate authority of its own.');
    }
    c.header('content-type', 'application/x-x509-ca-cert');
    c.header('content-disposition', 'attachment; filename="filmless-ca.crt"');
    return c.body(certificate);
  });
}
