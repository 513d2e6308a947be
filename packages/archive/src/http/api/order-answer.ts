import { z } from '@hono/zod-openapi';
import { ORDER_STATES, type Order, PERFORMED_STATES, PRIORITIES } from '../../core/orders/model.ts';

/** A type whose optional fields may be there and undefined, as schemas infer it. */
export type Loose<T> = T extends readonly (infer U)[]
  ? readonly Loose<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Record<never, never> extends Pick<T, K> ? Loose<T[K]> | undefined : Loose<T[K]> }
    : T;

const State = z.enum(ORDER_STATES).openapi('OrderState');

const Performed = z
  .object({
    sopInstanceUid: z.string(),
    state: z.enum(PERFORMED_STATES),
    steps: z.array(z.string()).readonly(),
    stationAeTitle: z.string(),
    modality: z.string(),
    start: z.string().nullable(),
    end: z.string().nullable(),
    instances: z.number().openapi({ description: 'instances it names' }),
  })
  .openapi('OrderPerformedStep');

const Study = z.object({ studyInstanceUid: z.string(), instances: z.number() }).openapi('OrderStudy');

const KeptPatient = z.object({
  id: z.string(),
  name: z.string(),
  birthDate: z.string().optional(),
  sex: z.enum(['M', 'F', 'O']).optional(),
  otherIds: z.array(z.string()).readonly().optional(),
});

const Step = z
  .object({
    id: z.string(),
    modality: z.string(),
    stationAeTitle: z.string().optional(),
    start: z.string(),
    description: z.string().optional(),
    performingPhysician: z.string().optional(),
    room: z.string().optional(),
    state: State,
  })
  .openapi('OrderStep');

/** An order as `/api/orders` gives it. */
export const OrderSchema: z.ZodType<Loose<Order>> = z
  .object({
    accessionNumber: z.string(),
    facility: z.string(),
    priority: z.enum(PRIORITIES),
    patient: KeptPatient,
    studyInstanceUid: z.string(),
    requestedProcedureId: z.string(),
    description: z.string().optional(),
    referringPhysician: z.string().optional(),
    requestingService: z.string().optional(),
    procedureCode: z.string().optional(),
    clinicalInfo: z.string().optional(),
    pregnancyStatus: z.string().optional(),
    weight: z.number().optional(),
    allergies: z.string().optional(),
    location: z.string().optional(),
    ext: z.record(z.string(), z.unknown()).optional(),
    steps: z.array(Step).readonly(),
    state: State,
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.number(),
    performed: z.array(Performed).readonly(),
    study: Study.nullable(),
    studies: z.array(Study).readonly(),
  })
  .openapi('Order');
