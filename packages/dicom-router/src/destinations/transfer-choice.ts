import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findTransferSyntax,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isDecodable,
  widerSyntaxes,
} from '@filmless/dicom';
import type { AcceptedContext } from '../ul/association.ts';

/** How an instance goes out. */
export interface ContextChoice {
  readonly context: AcceptedContext;
  /** The archive is to give it in this transfer syntax; without it the stored bytes go out as they are. */
  readonly transcode?: string;
}

const syntax = (suffix: string): string => `1.2.840.10008.1.2.${suffix}`;

const JPEG_LOSSLESS = syntax('4.57');
const JPEG_LOSSLESS_SV1 = syntax('4.70');
const JPEG_LS_LOSSLESS = syntax('4.80');
const JPEG_2000_LOSSLESS = syntax('4.90');
const HTJ2K_LOSSLESS = syntax('4.201');
const RLE_LOSSLESS = syntax('5');

/** What costs the archive least, first. */
const UNCOMPRESSED: readonly string[] = [
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
];

/** What the archive can make without loss, the quickest first. */
const LOSSLESS: readonly string[] = [
  HTJ2K_LOSSLESS,
  JPEG_LS_LOSSLESS,
  RLE_LOSSLESS,
  JPEG_LOSSLESS_SV1,
  JPEG_LOSSLESS,
  JPEG_2000_LOSSLESS,
];

/**
 * The context an instance goes out in: its stored syntax, one whose bytes are the same, uncompressed, compressed without loss;
 * never compressed with loss. Undefined when the peer took none of them.
 */
export function chooseContext(
  contexts: ReadonlyMap<number, AcceptedContext>,
  sopClassUid: string,
  storedSyntax: string,
): ContextChoice | undefined {
  return contextChoices(contexts, sopClassUid, storedSyntax)[0];
}

/** All contexts an instance can go out in, the one that is preferred and then the best first: not everything can be made of every image. */
export function contextChoices(
  contexts: ReadonlyMap<number, AcceptedContext>,
  sopClassUid: string,
  storedSyntax: string,
  preferred?: string,
): readonly ContextChoice[] {
  const accepted = new Map<string, AcceptedContext>();
  for (const context of contexts.values()) {
    if (context.abstractSyntax === sopClassUid && !accepted.has(context.transferSyntax)) {
      accepted.set(context.transferSyntax, context);
    }
  }
  const found = (wanted: readonly string[]) => wanted.flatMap((uid) => accepted.get(uid) ?? []);
  const wanted = preferred === undefined || preferred === storedSyntax ? [] : found([preferred]);
  const others = otherChoices(found, storedSyntax);
  return [...wanted.map((context) => ({ context, transcode: context.transferSyntax })), ...others];
}

function otherChoices(
  found: (wanted: readonly string[]) => readonly AcceptedContext[],
  storedSyntax: string,
): readonly ContextChoice[] {
  const [asStored] = found([storedSyntax, ...widerSyntaxes(storedSyntax)]);
  if (asStored !== undefined) {
    return [{ context: asStored }];
  }
  return found(conversions(storedSyntax)).map((context) => ({ context, transcode: context.transferSyntax }));
}

/** What the archive can make of a stored syntax, the best first. */
function conversions(storedSyntax: string): readonly string[] {
  const stored = findTransferSyntax(storedSyntax);
  return stored === undefined || !isDecodable(stored) ? [] : [...UNCOMPRESSED, ...LOSSLESS];
}

/**
 * Groups of transfer syntaxes to propose for what is stored in `storedSyntax`, each a context of its own, the most wanted first:
 * as stored, the same bytes under a wider name, uncompressed, and otherwise without loss where it is compressed so already.
 */
export function proposedGroups(storedSyntax: string): readonly (readonly string[])[] {
  const made = conversions(storedSyntax).filter((uid) => uid !== DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN && uid !== storedSyntax);
  const stored = findTransferSyntax(storedSyntax);
  const recompressed = stored?.encapsulated === true && !stored.lossy;
  return [
    [storedSyntax],
    widerSyntaxes(storedSyntax),
    made.filter((uid) => UNCOMPRESSED.includes(uid)),
    recompressed ? made.filter((uid) => LOSSLESS.includes(uid)) : [],
  ];
}
