import { describe, expect, it } from 'vitest';
import { RequestScope, requestId } from './request-scope.ts';

describe('the id of a request', () => {
  it.each(['4bf92f3577b34da6a3ce929d0e0e4736', '0b9c1f0e-5f0c-4a6b-9a7e-0c5d5c1f2e3a'])('is the caller’s own: %s', (id) => {
    expect(requestId(id)).toBe(id);
  });

  it.each([
    undefined,
    '',
    'short',
    'Nguyen Van An 1970',
    'NGUYENVANAN19700101',
    'a'.repeat(65),
    '0123456789abcdef\n{}',
    ['a', 'b'],
  ])('is made anew where the caller has none that will do: %j', (given) => {
    expect(requestId(given)).toMatch(/^[0-9a-f-]{36}$/);
    expect(requestId(given)).not.toBe(requestId(given));
  });

  it('is that of the request whose work runs, also later in it', async () => {
    const scope = new RequestScope();
    const seen = await Promise.all(
      ['one', 'two'].map((id) =>
        scope.run(id, async () => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          return scope.current;
        }),
      ),
    );
    expect([...seen, scope.current]).toEqual(['one', 'two', undefined]);
  });
});
