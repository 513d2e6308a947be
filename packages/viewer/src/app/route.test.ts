import { expect, it } from 'vitest';
import { adminGroups, adminSections, firstAdminSection } from './may.ts';
import { adminUrl, routeOf, studyUrl } from './route.ts';

it.each([
  ['/', { page: 'worklist', search: '' }],
  ['/?q=an', { page: 'worklist', search: '?q=an' }],
  ['/login', { page: 'login' }],
  ['/login/', { page: 'login' }],
  ['/setup?token=abc', { page: 'setup', token: 'abc' }],
  ['/setup', { page: 'setup', token: '' }],
  ['/view?study=1.2.3', { page: 'view', study: '1.2.3' }],
  ['/view?StudyInstanceUID=1.2.3', { page: 'view', study: '1.2.3' }],
  ['/view?accession=A%2F1', { page: 'find', accession: 'A/1', patient: '' }],
  ['/view?Accession=A1&Patient=P%201', { page: 'find', accession: 'A1', patient: 'P 1' }],
  ['/view?accessionNumber=A1&patientID=P1', { page: 'find', accession: 'A1', patient: 'P1' }],
  ['/view?patient=P1', { page: 'unknown' }],
  ['/view?study=1.2&accession=A1', { page: 'view', study: '1.2' }],
  ['/view', { page: 'unknown' }],
  ['/orders?date=all', { page: 'orders', search: '?date=all' }],
  ['/orders/unmatched', { page: 'unmatched' }],
  ['/orders/receipts', { page: 'receipts' }],
  ['/orders/nothing', { page: 'unknown' }],
  ['/admin', { page: 'admin', section: 'users', search: '' }],
  ['/admin/audit?subject=an', { page: 'admin', section: 'audit', search: '?subject=an' }],
  ['/admin/queues?at=tinh', { page: 'admin', section: 'queues', search: '?at=tinh' }],
  ['/admin/rules?view=test', { page: 'admin', section: 'rules', search: '?view=test' }],
  ['/admin/nothing', { page: 'unknown' }],
  ['/anything/else', { page: 'unknown' }],
])('%s shows %o', (url, route) => {
  expect(routeOf(url)).toEqual(route);
});

it('leads back to what an address was made of', () => {
  expect(routeOf(studyUrl('1.2.3'))).toEqual({ page: 'view', study: '1.2.3' });
  expect(routeOf(adminUrl('aes'))).toMatchObject({ page: 'admin', section: 'aes' });
});

it('offers the pages of administration by right', () => {
  const having = (...rights: readonly string[]) => ({ may: (right: string) => rights.includes(right), isGateway: () => false });
  expect(adminSections(having('view'))).toEqual([]);
  expect(firstAdminSection(having('view', 'edit'))).toBe('conflicts');
  expect(adminSections({ may: () => true, isGateway: () => true })).toContain('gateway');
  expect(adminSections({ may: () => true, isGateway: () => false })).not.toContain('gateway');
  expect(adminSections(having('administer', 'edit'))).toHaveLength(14);
  expect(adminGroups(having('edit'))).toEqual([{ name: 'records', sections: ['conflicts', 'rejections'] }]);
});
