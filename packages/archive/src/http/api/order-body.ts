import { z } from '@hono/zod-openapi';
import { ARCHIVE_LIMITS } from '../../core/limits.ts';
import { type OrderPatient, PRIORITIES, type Priority, type WishedOrder, type WishedStep } from '../../core/orders/model.ts';
import {
  isBirthDate,
  isStrictUid,
  jsonProblem,
  localTime,
  nameProblem,
  type TextVr,
  textProblem,
  tidy,
} from '../../core/orders/values.ts';

/** Orders as `/api/orders` takes them. An optional field that is null or empty is one that was left out. */

/** A type whose optional fields may be null too. */
type Nullish<T> = T extends readonly (infer U)[]
  ? readonly Nullish<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Record<never, never> extends Pick<T, K> ? Nullish<T[K]> | null | undefined : Nullish<T[K]> }
    : T;

export interface OrderBody extends Omit<Nullish<WishedOrder>, 'priority' | 'patient'> {
  readonly facility?: string | null | undefined;
  readonly priority?: Priority | null | undefined;
  readonly patient: Omit<Nullish<OrderPatient>, 'sex'> & { readonly sex?: 'M' | 'F' | 'O' | '' | null | undefined };
}

export interface ChangedOrderBody extends OrderBody {
  readonly version?: number | null | undefined;
}

type Check = (text: string) => string | undefined;

const checked = (clean: (text: string) => string, check: Check) =>
  z
    .string()
    .overwrite(clean)
    .superRefine((text, context) => {
      const problem = check(text);
      if (problem !== undefined) {
        context.addIssue({ code: 'custom', message: problem });
      }
    });

const text = (vr: TextVr) =>
  checked(vr === 'LT' ? (value) => value.normalize('NFC').trim() : tidy, (value) => textProblem(vr, value));

const needed = (vr: TextVr) => checked(tidy, (value) => (value === '' ? 'is needed and empty' : textProblem(vr, value)));

const name = checked(tidy, nameProblem);

const uid = checked(
  (value) => value.trim(),
  (value) => (value === '' || isStrictUid(value) ? undefined : 'is not a UID (PS3.5 9.1)'),
);

const start = checked(
  (value) => value.trim(),
  (value) =>
    value === '' || localTime(value) !== undefined
      ? undefined
      : 'is not a local time: YYYY-MM-DDTHH:MM:SS, without an offset; times are those of the facility',
);

/** A path has these as steps of its own. */
const accession = checked(tidy, (value) => (/^\.{1,2}$/.test(value) ? 'cannot be dots alone' : textProblem('SH', value)));

const birthDate = checked(
  (value) => value.trim(),
  (value) => (value === '' || isBirthDate(value) ? undefined : 'is not a day (YYYY-MM-DD) or a year (YYYY)'),
);

const Patient = z
  .strictObject({
    id: needed('LO').openapi({ example: 'W001' }),
    name: checked(tidy, (value) => (value === '' ? 'is needed and empty' : nameProblem(value))).openapi({
      description: 'PN form or plain words',
      example: 'Nguyễn^Văn An',
    }),
    birthDate: birthDate.nullish().openapi({ description: 'YYYY-MM-DD, or YYYY', example: '1970-01-01' }),
    sex: z.enum(['M', 'F', 'O', '']).nullish(),
    otherIds: z.array(needed('LO')).max(ARCHIVE_LIMITS.orderOtherIds).nullish(),
  })
  .openapi('OrderPatient');

const STEP = {
  id: text('SH').nullish().openapi({ description: 'made when left out', example: 'SPS1' }),
  modality: needed('CS').openapi({ example: 'CT' }),
  stationAeTitle: text('AE').nullish().openapi({ description: 'left out: any machine of the modality', example: 'CT01' }),
  start: start.nullish().openapi({
    description: 'local to the facility; left out: the time of the order',
    example: '2026-03-01T08:00:00',
  }),
  description: text('LO').nullish(),
  performingPhysician: name.nullish(),
  room: text('SH').nullish().openapi({ description: 'Scheduled Procedure Step Location' }),
};

const weight = z
  .number()
  .positive()
  .max(1000)
  .refine((value) => String(value).length <= 16, 'has more than 16 digits (DS)');

const ORDER = {
  accessionNumber: accession.nullish().openapi({ description: 'made when left out', example: 'WL001' }),
  priority: z.enum(PRIORITIES).nullish().openapi({ description: 'ROUTINE when left out' }),
  facility: z.string().max(64).nullish().openapi({ description: 'the caller’s own when left out', example: 'main' }),
  patient: Patient,
  studyInstanceUid: uid.nullish().openapi({ description: 'made when left out' }),
  requestedProcedureId: text('SH').nullish().openapi({ description: 'made when left out' }),
  description: text('LO').nullish(),
  referringPhysician: name.nullish(),
  requestingService: text('LO').nullish(),
  procedureCode: text('SH').nullish(),
  clinicalInfo: text('LT').nullish(),
  pregnancyStatus: text('LO').nullish(),
  weight: weight.nullish().openapi({ description: 'kilograms' }),
  allergies: text('LO').nullish(),
  location: text('LO').nullish(),
  ext: z
    .record(z.string(), z.unknown())
    .superRefine((value, context) => {
      const problem = jsonProblem(value, ARCHIVE_LIMITS.orderExtBytes);
      if (problem !== undefined) {
        context.addIssue({ code: 'custom', message: problem });
      }
    })
    .nullish()
    .openapi({ description: 'whatever the sender wants back' }),
};

const steps = <T extends z.ZodType>(step: T) => z.array(step).min(1).max(ARCHIVE_LIMITS.orderSteps);

export const NewOrder: z.ZodType<OrderBody> = z
  .strictObject({ ...ORDER, steps: steps(z.strictObject(STEP).openapi('NewOrderStep')) })
  .openapi('NewOrder');

/** What the archive says of an order: a HIS may send back what it got. */
const READ_ONLY = {
  state: z.unknown().optional(),
  createdAt: z.unknown().optional(),
  updatedAt: z.unknown().optional(),
  performed: z.unknown().optional(),
  study: z.unknown().optional(),
  studies: z.unknown().optional(),
};

export const ChangedOrder: z.ZodType<ChangedOrderBody> = z
  .strictObject({
    ...ORDER,
    ...READ_ONLY,
    version: z.number().int().nullish().openapi({ description: 'the one that was read: 409 when it is another by now' }),
    steps: steps(z.strictObject({ ...STEP, state: z.unknown().optional() }).openapi('ChangedOrderStep')),
  })
  .openapi('ChangedOrder');

/** Leaves out what is null or empty. */
function given<T extends object>(fields: T): { readonly [K in keyof T]?: NonNullable<T[K]> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return Object.fromEntries(kept) as { readonly [K in keyof T]?: NonNullable<T[K]> };
}

function wishedStep(step: OrderBody['steps'][number]): WishedStep {
  const { start: written, ...rest } = step;
  const at = localTime(written ?? '');
  return { ...given(rest), modality: step.modality, ...(at === undefined ? {} : { start: at }) };
}

/** The wish in a request's body, in the shape the core knows. */
export function wishedOrder(body: OrderBody): WishedOrder {
  const { patient, steps: wished, accessionNumber, studyInstanceUid, requestedProcedureId, priority, weight: kg, ext } = body;
  const { description, referringPhysician, requestingService, procedureCode, clinicalInfo, pregnancyStatus } = body;
  const { id, name: called, birthDate: born, sex, otherIds } = patient;
  const others = otherIds ?? [];
  return {
    ...given({ accessionNumber, studyInstanceUid, requestedProcedureId, description, referringPhysician, requestingService }),
    ...given({ procedureCode, clinicalInfo, pregnancyStatus, allergies: body.allergies, location: body.location }),
    ...given({ weight: kg, ext }),
    priority: priority ?? 'ROUTINE',
    patient: {
      id,
      name: called,
      ...given({ birthDate: born }),
      ...(sex === undefined || sex === null || sex === '' ? {} : { sex }),
      ...(others.length === 0 ? {} : { otherIds: others }),
    },
    steps: wished.map((step) => {
      const { id: stepId, modality, stationAeTitle, start: at, performingPhysician, room } = step;
      return wishedStep({
        id: stepId,
        modality,
        stationAeTitle,
        start: at,
        description: step.description,
        performingPhysician,
        room,
      });
    }),
  };
}
