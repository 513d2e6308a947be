import { afterEach, expect, it } from 'vitest';
import type { Study } from '../api/studies.ts';
import { language } from '../i18n/index.ts';
import { study } from './study-fixture.ts';
import { ageOf, bodyPartName, completenessOf, countText, descriptionOf, modalityText, nameOf, sexOf, whenOf } from './words.ts';

afterEach(() => {
  language.value = 'vi';
});

it('tells the age at the day of the study, with the year of birth', () => {
  expect(ageOf(study('a'))).toBe('45 tuổi (1980)');
  const unknown = study('a');
  expect(ageOf({ ...unknown, patient: { ...unknown.patient, birthDate: null } })).toBe('');
});

it('says what is missing instead of leaving a hole', () => {
  const nameless = study('');
  expect(nameOf(nameless.patient)).toBe('(không có tên)');
  expect(whenOf(study('a', { date: null }))).toBe('Không rõ ngày');
  expect(sexOf({ ...nameless.patient, sex: '' })).toBe('');
});

it('names body parts in the language of the screen and keeps what it does not know', () => {
  expect([bodyPartName('CHEST'), bodyPartName('L SPINE'), bodyPartName('Tay trái')]).toEqual([
    'Ngực',
    'Cột sống thắt lưng',
    'Tay trái',
  ]);
  language.value = 'en';
  expect(bodyPartName('CHEST')).toBe('Chest');
});

it('shows image modalities before what accompanies them', () => {
  expect(modalityText(['CT', 'KO', 'PT'])).toBe('CT/PT');
  expect(modalityText(['SR'])).toBe('SR');
  expect(modalityText(['CR', 'CT', 'MR', 'US'])).toBe('CR/CT/MR…');
});

it('reads a description whose parts are joined as in a name', () => {
  expect(descriptionOf({ description: 'Neck^HeadNeckPETCT' })).toBe('Neck HeadNeckPETCT');
});

it('counts exactly up to where the server stops', () => {
  expect(countText({ count: 237, exact: true })).toBe('237 ca chụp');
  expect(countText({ count: 1000, exact: false })).toBe('1.000+ ca chụp');
});

it('says of images what is missing, and nothing while all is well', () => {
  const words = (completeness: Study['completeness']) => completenessOf(study('a', { completeness, instanceCount: 12 }));
  expect(words(null)).toBe('');
  expect(words({ state: 'complete', expected: 48, received: 48 })).toBe('');
  expect(words({ state: 'arriving', expected: null, received: 12 })).toBe('Đang nhận: 12');
  expect(words({ state: 'incomplete', expected: 48, received: 47 })).toBe('47/48 ảnh');
  expect(words({ state: 'incomplete', expected: null, received: 47 })).toBe('Chưa đủ ảnh');
});
