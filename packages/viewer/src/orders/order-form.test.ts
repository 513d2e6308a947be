import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/client.ts';
import { formDifferences } from './form-differences.ts';
import { formErrors, serverErrors } from './order-errors.ts';
import { order } from './order-fixture.ts';
import { birthText, emptyForm, formOf, newStep, orderBody, parseBirth, parseTime, parseWeight } from './order-form.ts';

const NOW = new Date(2026, 2, 1, 8, 5);

describe('what is typed', () => {
  it.each([
    ['20/05/1980', '1980-05-20'],
    ['20051980', '1980-05-20'],
    ['1980', '1980'],
    ['', undefined],
    ['31/02/1980', undefined],
    ['80', undefined],
  ])('as a birth date, %s is %s', (text, sent) => {
    expect(parseBirth(text)).toBe(sent);
  });

  it.each([
    ['8:30', '08:30:00'],
    ['8h30', '08:30:00'],
    ['0830', '08:30:00'],
    ['14.05', '14:05:00'],
    ['9h', '09:00:00'],
    ['24:00', undefined],
    ['8:60', undefined],
    ['sáng', undefined],
  ])('as a time, %s is %s', (text, sent) => {
    expect(parseTime(text)).toBe(sent);
  });

  it('takes a weight with either decimal sign', () => {
    expect([parseWeight('62,5'), parseWeight('62.5'), parseWeight('0'), parseWeight('nặng')]).toEqual([
      62.5,
      62.5,
      undefined,
      undefined,
    ]);
  });

  it('shows a year of birth as it is', () => {
    expect([birthText('1980'), birthText('1980-05-20'), birthText(null)]).toEqual(['1980', '20/05/1980', '']);
  });
});

describe('the form', () => {
  it('begins with the next quarter of an hour', () => {
    expect(newStep(NOW)).toMatchObject({ day: '01/03/2026', time: '08:15' });
  });

  it('sends an order back as it came where nothing was changed, parts it does not show included', () => {
    const came = order('WL001');
    const {
      state: _,
      createdAt: _c,
      updatedAt: _u,
      version: _v,
      performed: _p,
      study: _s,
      studies: _ss,
      steps,
      ...rest
    } = came.raw;
    const [{ state: _state, ...step } = {}] = steps as readonly Record<string, unknown>[];
    expect(orderBody(formOf(came), came)).toEqual({ ...rest, steps: [step] });
  });

  it('sends what was changed and leaves out what was emptied', () => {
    const came = order('WL001');
    const form = formOf(came);
    const [first] = form.steps;
    const body = orderBody(
      {
        ...form,
        patientName: ' Nguyễn  Văn Anh ',
        birth: '1970',
        referringPhysician: '',
        steps: first === undefined ? [] : [{ ...first, time: '9:15' }],
      },
      came,
    );
    expect(body).toMatchObject({
      patient: { name: 'Nguyễn Văn Anh', birthDate: '1970', otherIds: ['079'] },
      steps: [{ id: 'SPS1', start: '2026-03-01T09:15:00', performingPhysician: 'A' }],
      ext: { his: 7 },
    });
    expect(body).not.toHaveProperty('referringPhysician');
  });

  it('says of every field what is wrong with it', () => {
    const errors = formErrors(
      { ...emptyForm('main', NOW), patientId: 'a\\b', birth: '2027', accessionNumber: 'x'.repeat(17), weight: '-1' },
      NOW,
    );
    expect([...errors.keys()].sort()).toEqual([
      'accessionNumber',
      'description',
      'patient.birthDate',
      'patient.id',
      'patient.name',
      'steps.0.modality',
      'weight',
    ]);
    expect(formErrors(formOf(order('WL001')), NOW).size).toBe(0);
  });

  it('leaves the accession number to the server', () => {
    const form = { ...formOf(order('WL001')), accessionNumber: '' };
    expect(formErrors(form, NOW).size).toBe(0);
    expect(orderBody(form)).not.toHaveProperty('accessionNumber');
  });
});

describe('the server’s problems', () => {
  it('stand beside the field they are about', () => {
    const errors = serverErrors(
      new ApiError(400, 'patient.id: has a backslash; steps.0.start: is not a local time; ext: too large'),
    );
    expect([...errors.keys()]).toEqual(['patient.id', 'steps.0.start']);
  });

  it('tell of an accession number in use beside it', () => {
    const errors = serverErrors(new ApiError(409, 'accessionNumber: WL001 is already in use in this facility'));
    expect(errors.get('accessionNumber')).toBe('Mã phiếu này đã dùng cho chỉ định khác trong cơ sở.');
  });

  it('stay above the form when they are about no field', () => {
    expect(serverErrors(new ApiError(409, 'the order was changed meanwhile: it has version 4; read it again')).size).toBe(0);
    expect(serverErrors(new Error('anything')).size).toBe(0);
  });
});

it('shows where two versions differ, in the words of the form', () => {
  const mine = formOf(order('WL001'));
  const theirs = formOf(
    order('WL001', {
      priority: 'STAT',
      steps: [{ id: 'SPS1', modality: 'CT', start: '2026-03-01T10:00:00', state: 'SCHEDULED' }],
    }),
  );
  expect(formDifferences(mine, theirs)).toEqual([
    { name: 'Ưu tiên', mine: 'Thường', theirs: 'Cấp cứu' },
    { name: 'Lượt 1', mine: '01/03/2026 08:00, Cắt lớp vi tính (CT), CT01', theirs: '01/03/2026 10:00, Cắt lớp vi tính (CT)' },
  ]);
});
