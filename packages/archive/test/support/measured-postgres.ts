/** For measurements: a PostgreSQL server with a quarter of the memory, until standard input ends. Prints the URL of an empty database. */
import { totalmem } from 'node:os';
import { startPostgres } from '@filmless/database/test/postgres';

const megabytes = (share: number): string => `${Math.floor((totalmem() * share) / 1024 ** 2)}MB`;

await using server = await startPostgres({
  shared_buffers: megabytes(0.25),
  effective_cache_size: megabytes(0.5),
  max_wal_size: '8GB',
  random_page_cost: '1.1',
});
console.log(JSON.stringify({ url: await server.freshDatabase() }));
await new Promise((resolve) => process.stdin.on('end', resolve).resume());
