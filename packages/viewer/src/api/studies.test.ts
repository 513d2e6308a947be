import { expect, it } from 'vitest';
import { queryText, seriesThumbnailUrl } from './studies.ts';

it('asks only for what limits', () => {
  expect(queryText({ q: '', modalities: [], from: undefined, facility: '' })).toBe('limit=50');
});

it('asks for studies of any of several modalities', () => {
  const parameters = new URLSearchParams(
    queryText({ q: 'Đỗ Thị', modalities: ['CR', 'DX'], from: '2026-03-01', facility: 'main', after: 'c1' }),
  );
  expect(Object.fromEntries(parameters)).toEqual({
    q: 'Đỗ Thị',
    modality: 'CR,DX',
    from: '2026-03-01',
    facility: 'main',
    after: 'c1',
    limit: '50',
  });
});

it('addresses a thumbnail so that a strange UID stays within its path', () => {
  expect(seriesThumbnailUrl('1.2', '../x')).toBe('/dicom-web/studies/1.2/series/..%2Fx/thumbnail');
});
