/** Command Field of requests. PS3.7 E.1. */
export const COMMAND = {
  cStoreRq: 0x0001,
  cGetRq: 0x0010,
  cFindRq: 0x0020,
  cMoveRq: 0x0021,
  cEchoRq: 0x0030,
  nEventReportRq: 0x0100,
  nGetRq: 0x0110,
  nSetRq: 0x0120,
  nActionRq: 0x0130,
  nCreateRq: 0x0140,
  nDeleteRq: 0x0150,
  cCancelRq: 0x0fff,
} as const;

/** A response has the field of its request with the highest bit set. */
export const RESPONSE_BIT = 0x8000;

export function isResponse(commandField: number): boolean {
  return (commandField & RESPONSE_BIT) !== 0;
}

/** Verification SOP class. PS3.4 A.4. */
export const VERIFICATION_SOP_CLASS = '1.2.840.10008.1.1';
