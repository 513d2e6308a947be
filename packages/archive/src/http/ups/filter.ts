import type { MatchKey } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import { parseSearch } from '../qido/parse-query.ts';

/** A comma with what begins another key behind it: keywords or tags, joined by dots. PS3.18 8.3.4.1. */
const NEXT_KEY = /,(?:\s|%20|\+)*(?=[A-Za-z][A-Za-z0-9.]*=|[0-9A-Fa-f]{8}[A-Za-z0-9.]*=)/;

/**
 * Keys of a filtered subscription as `filter=Attribute=value,…`, or each as a parameter of its own. PS3.18 11.10.1.2. A comma that no
 * attribute and "=" follow belongs to the value. Who writes the "=" between attribute and value as it is, writes what belongs to a
 * value as %2C and %3D (RFC 3986 2.2); who encodes the whole list, as a browser does, has it read as if nothing were.
 * @throws ArchiveError `invalid-request`; DicomError `invalid-value` naming the attribute
 */
export function filterOf(url: URL): readonly MatchKey[] {
  const asked = new URLSearchParams();
  for (const parameter of url.search.slice(1).split('&')) {
    const [[name, value] = ['', '']] = new URLSearchParams(parameter);
    if (name === 'filter') {
      const written = parameter.slice(parameter.indexOf('=') + 1);
      for (const [attribute, wished] of written.includes('=') ? keysOf(written, decoded) : keysOf(value, (text) => text)) {
        asked.append(attribute, wished);
      }
    } else if (name !== '' && name !== 'deletionlock') {
      asked.append(name, value);
    }
  }
  const { keys } = parseSearch(asked);
  if (keys.length === 0) {
    throw new ArchiveError(
      'invalid-request',
      'filter: name the attributes that are to match, or subscribe to the whole worklist.',
    );
  }
  return keys;
}

function keysOf(list: string, decode: (text: string) => string): readonly (readonly [string, string])[] {
  return list.split(NEXT_KEY).map((key) => {
    const equals = key.indexOf('=');
    return [decode(key.slice(0, Math.max(equals, 0))).trim(), equals < 0 ? '' : decode(key.slice(equals + 1))];
  });
}

/** A part of a query, which has no "&" any more. */
function decoded(text: string): string {
  return new URLSearchParams(`text=${text}`).get('text') ?? '';
}
