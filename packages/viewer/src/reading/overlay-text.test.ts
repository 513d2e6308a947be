import { TAG } from '@filmless/dicom';
import { beforeEach, describe, expect, test } from 'vitest';
import { language } from '../i18n/language.ts';
import { frameOf } from '../imaging/model/fixture.ts';
import { corners } from './overlay-text.ts';

const shown = (changes: Parameters<typeof frameOf>[0], more = {}) =>
  corners({
    frame: frameOf(changes),
    index: 4,
    count: 28,
    grey: { window: { center: -600, width: 1500, shape: 'linear' } },
    scale: 1.5,
    ...more,
  });

beforeEach(() => {
  language.value = 'vi';
});

describe('the texts in the corners', () => {
  test('name the patient the Vietnamese way, with number, birth, sex and age on the day of the study', () => {
    const { topLeft } = shown({
      [TAG.PatientName]: 'Nguyễn^Văn An',
      [TAG.PatientID]: '0001',
      [TAG.PatientBirthDate]: '19700215',
      [TAG.PatientSex]: 'M',
      [TAG.StudyDate]: '20260214',
    });
    expect(topLeft).toEqual(['Nguyễn Văn An', 'Mã BN: 0001', 'Sinh: 15/02/1970 · Nam · 55 tuổi']);
  });

  test('take the age the modality wrote where there is no birth date', () => {
    expect(shown({ [TAG.PatientAge]: '003W' }).topLeft).toEqual(['21 ngày']);
    expect(shown({ [TAG.PatientAge]: '045Y', [TAG.PatientBirthDate]: '00000000' }).topLeft).toEqual(['45 tuổi']);
  });

  test('tell hospital, day, study and order', () => {
    const { topRight } = shown({
      [TAG.InstitutionName]: 'BVĐK Sa Đéc',
      [TAG.StudyDate]: '20260301',
      [TAG.StudyDescription]: 'CT ngực',
      [TAG.AccessionNumber]: 'WL001',
    });
    expect(topRight).toEqual(['BVĐK Sa Đéc', '01/03/2026', 'CT ngực', 'Số phiếu: WL001']);
  });

  test('tell series, place in the stack and in the patient', () => {
    const { bottomLeft } = shown({
      [TAG.SeriesNumber]: '3',
      [TAG.SeriesDescription]: 'Phổi',
      [TAG.SliceLocation]: -12.54,
      [TAG.SliceThickness]: 5,
    });
    expect(bottomLeft).toEqual(['Chuỗi 3: Phổi', 'Ảnh 5/28', 'Vị trí −12,5 mm · Dày 5 mm']);
  });

  test('tell the side and the view of a mammogram', () => {
    expect(shown({ [TAG.ImageLaterality]: 'R', [TAG.ViewPosition]: 'MLO' }).bottomLeft).toContain('Bên: Phải · MLO');
  });

  test('tell window and zoom', () => {
    expect(shown({}).bottomRight).toEqual(['W 1.500 / L −600', 'Thu phóng 150%']);
  });

  test('warn of lossy compression, with its ratio where it is known', () => {
    expect(shown({ [TAG.LossyImageCompression]: '01' }).bottomRight[0]).toBe('Nén mất dữ liệu');
    expect(shown({ [TAG.LossyImageCompression]: '01', [TAG.LossyImageCompressionRatio]: 12.5 }).bottomRight[0]).toBe(
      'Nén mất dữ liệu 12,5:1',
    );
    expect(shown({ [TAG.LossyImageCompression]: '00' }).bottomRight).toHaveLength(2);
  });

  test('have no line for what the file leaves out', () => {
    const { topLeft, topRight } = shown({});
    expect([...topLeft, ...topRight]).toEqual([]);
  });

  test('are English for who reads English', () => {
    language.value = 'en';
    expect(shown({ [TAG.PatientSex]: 'F' })).toMatchObject({
      topLeft: ['Female'],
      bottomRight: ['W 1,500 / L −600', 'Zoom 150%'],
    });
  });
});
