import { ARCHIVE_LIMITS } from '@filmless/archive';
import { ROUTER_LIMITS } from '@filmless/dicom-router';
import { expect, it } from 'vitest';

it('router and archive take instances of the same length: none is received only to be refused', () => {
  expect(ROUTER_LIMITS.instanceBytes.value).toBe(ARCHIVE_LIMITS.maxInstanceBytes);
});
