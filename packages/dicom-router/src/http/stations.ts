import { type AppEnv, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { RouterContext } from './router-context.ts';

const StationSchema = z
  .object({ title: z.string(), facility: z.string(), modalities: z.array(z.string()), rooms: z.array(z.string()) })
  .openapi('Station', {
    description: 'an application entity that may send images; what its worklist is limited to, where it is',
  });

/** Machines that an order can be scheduled for, named to whoever makes orders. Addresses and rights are the administrator's to see. */
export function addStationRoutes(app: OpenAPIHono<AppEnv>, { access, aes }: RouterContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/stations',
    tags: ['application entities'],
    summary: 'Machines of the caller’s facilities that an order can be scheduled for',
    middleware: access.guard('view'),
    responses: {
      200: {
        description: 'All of them',
        content: { 'application/json': { schema: z.object({ stations: z.array(StationSchema) }) } },
      },
    },
  });
  app.openapi(route, (c) => {
    const { facilities } = scopeOf(c.get('subject'));
    const stations = aes
      .list()
      .filter(({ may, facility }) => may.includes('store') && (facilities === 'all' || facilities.includes(facility)))
      .map(({ title, facility, worklist }) => ({
        title,
        facility,
        modalities: [...(worklist?.modalities ?? [])],
        rooms: [...(worklist?.rooms ?? [])],
      }));
    return c.json({ stations }, 200);
  });
}
