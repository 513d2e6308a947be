import { expect, it } from 'vitest';
import { without } from './servers.ts';

it('starts the other server without what is set for ours', () => {
  const env = { PATH: '/usr/bin', MALLOC_ARENA_MAX: '2', LANG: 'C.UTF-8' };
  expect(without(env, { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '16' })).toEqual({ PATH: '/usr/bin', LANG: 'C.UTF-8' });
});
