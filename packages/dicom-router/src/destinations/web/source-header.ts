import { RouterError } from '../../errors.ts';
import type { Origin } from '../../records/deliveries.ts';

/** Whether a text can stand in `Filmless-Source`. */
export function canBeNamed(text: string): boolean {
  return !/[^\x20-\x7e]|[;=]/.test(text);
}

/**
 * Whom something came from, as another Filmless understands it: the value of `Filmless-Source`.
 * @throws RouterError `invalid-request`
 */
export function sourceHeader(origin: Origin): string;
export function sourceHeader(origin: Origin | undefined): string | undefined;
export function sourceHeader(origin: Origin | undefined): string | undefined {
  if (origin === undefined) {
    return undefined;
  }
  const { callingAe, address, facility } = origin;
  if (!canBeNamed(callingAe + address + facility)) {
    throw new RouterError('invalid-request', `the sender ${JSON.stringify(callingAe)} cannot be named to another Filmless`);
  }
  return [
    ...(callingAe === '' ? [] : [`ae=${callingAe}`]),
    ...(address === '' ? [] : [`ip=${address}`]),
    `facility=${facility}`,
  ].join(';');
}
