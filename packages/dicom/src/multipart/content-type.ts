import { DicomError } from '../errors.ts';
import { hasControl, isToken } from './header-text.ts';

/** A media type with its parameters. RFC 9110 8.3.1. */
export interface ContentType {
  /** Lower case, e.g. `multipart/related`. */
  readonly type: string;
  /** Names in lower case, values as written, without their quotes. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A bare value is taken with a slash in it too: many clients write `type=application/dicom`. */
const PARAMETER = /[\t ]*;[\t ]*(?:([^\s=;,"]+)[\t ]*=[\t ]*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s;,"]*)))?/y;
const TYPE = /^[\t ]*([^\s;,/"]+\/[^\s;,/"]+)/;

/**
 * Reads a Content-Type value.
 * @throws DicomError `invalid-value`
 */
export function parseContentType(text: string): ContentType {
  const type = TYPE.exec(text);
  if (type?.[1] === undefined) {
    throw new DicomError('invalid-value', `Content-Type is not a media type: ${JSON.stringify(text.slice(0, 120))}`);
  }
  const parameters: Record<string, string> = Object.create(null);
  PARAMETER.lastIndex = type[0].length;
  let end = type[0].length;
  for (let match = PARAMETER.exec(text); match !== null; match = PARAMETER.exec(text)) {
    end = PARAMETER.lastIndex;
    const name = match[1]?.toLowerCase();
    if (name !== undefined && !(name in parameters)) {
      parameters[name] = match[2] === undefined ? (match[3] ?? '') : match[2].replace(/\\([\s\S])/g, '$1');
    }
  }
  if (text.slice(end).trim() !== '') {
    throw new DicomError(
      'invalid-value',
      `Content-Type has an unreadable parameter: ${JSON.stringify(text.slice(end, end + 120))}`,
    );
  }
  return { type: type[1].toLowerCase(), parameters };
}

/**
 * Writes a Content-Type value; what is no token is put in quotes.
 * @throws DicomError `invalid-value` when a value would break the header line
 */
export function formatContentType(type: string, parameters: Readonly<Record<string, string>>): string {
  const parts = Object.entries(parameters).map(([name, value]) => {
    if (!isToken(name) || hasControl(value)) {
      throw new DicomError('invalid-value', `parameter ${JSON.stringify(name)} of a Content-Type cannot be written`);
    }
    return `; ${name}=${isToken(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`;
  });
  return type + parts.join('');
}
