import type { Study } from '../api/studies.ts';
import { formatDate, formatTime } from '../i18n/format.ts';
import { descriptionOf } from '../worklist/words.ts';
import { birthText, newStep, type OrderForm } from './order-form.ts';

/** A form that begins with what the machine wrote: the order that was missed is made afterwards. */
export function orderStart(study: Study): Partial<OrderForm> {
  const { patient, accessionNumber, date, time, facility } = study;
  const step = newStep(new Date(), {
    modality: study.modalities[0] ?? '',
    ...(date === null ? {} : { day: formatDate(date) }),
    ...(time === null ? {} : { time: formatTime(time) }),
  });
  return {
    facility,
    studyInstanceUid: study.studyInstanceUid,
    accessionNumber: accessionNumber.slice(0, 16),
    patientId: patient.id,
    patientName: patient.name,
    birth: birthText(patient.birthDate),
    sex: patient.sex,
    description: descriptionOf(study).slice(0, 64),
    steps: [step],
  };
}
