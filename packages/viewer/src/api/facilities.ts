import { type Client, pathOf } from './client.ts';
import { listIn, object, or, type Parse, text } from './json.ts';

export interface Facility {
  readonly id: string;
  readonly name: string;
  /** Issuer of the facility's patient ids. */
  readonly patientIdIssuer: string;
}

const parseFacility: Parse<Facility> = object<Facility>({ id: text, name: text, patientIdIssuer: or(text, '') });

export function readFacilities(client: Client, signal?: AbortSignal): Promise<readonly Facility[]> {
  return client.get('/api/facilities', listIn('facilities', parseFacility), signal);
}

export function addFacility(client: Client, facility: Facility): Promise<void> {
  return client.send('/api/facilities', { method: 'POST', body: facility });
}

export function changeFacility(client: Client, { id, name, patientIdIssuer }: Facility): Promise<void> {
  return client.send(pathOf('api', 'facilities', id), { method: 'PUT', body: { name, patientIdIssuer } });
}
