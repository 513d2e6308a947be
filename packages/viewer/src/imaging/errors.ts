/** Why a picture does not come; the page has words and a remedy for each. `undrawable`: there is no graphics card that draws it. */
export type ImagingFault =
  | 'signed-out'
  | 'forbidden'
  | 'not-found'
  | 'busy'
  | 'unreachable'
  | 'server'
  | 'undecodable'
  | 'undrawable';

export class ImagingError extends Error {
  override readonly name = 'ImagingError';
  readonly code: ImagingFault;

  constructor(code: ImagingFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function faultOf(status: number): ImagingFault {
  switch (status) {
    case 401:
      return 'signed-out';
    case 403:
      return 'forbidden';
    case 404:
    case 410:
      return 'not-found';
    case 429:
    case 503:
      return 'busy';
    default:
      return 'server';
  }
}
