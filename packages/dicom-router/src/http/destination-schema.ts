import { isAbsolute } from 'node:path';
import { z } from '@hono/zod-openapi';
import { LEGAL_BASES, type LegalBasis } from '../routing/decision.ts';
import type {
  Destination,
  DicomDestination,
  FolderDestination,
  LineHours,
  RoutingRule,
  WebDestination,
  WebSecret,
} from '../routing/destination.ts';
import { Fingerprint, TlsSchema } from './ae-schema.ts';
import { AeTitle, compact, Host, Port } from './schemas.ts';

export const DestinationId: z.ZodType<string> = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'an id has 1 to 64 lower-case letters, digits, "-" and "_"');

const Rule = z.strictObject({
  callingAes: z.array(AeTitle).max(1000).default([]),
  modalities: z
    .array(z.string().regex(/^[A-Z0-9_ ]{1,16}$/))
    .max(100)
    .default([]),
});

const Text = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u, 'text without control characters');

/** A legal basis as people and rules give it. */
const BasisSchema: z.ZodType<LegalBasis> = z
  .strictObject({ basis: z.enum(LEGAL_BASES), evidence: Text.optional() })
  .openapi({ description: 'Why another facility may be given the images, and the paper that shows it' });

const Rate = z.number().int().min(1000).max(10_000_000_000);
const HourOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'an hour of the day, as 18:00');
const LineSchema = z
  .strictObject({
    bytesPerSecond: Rate.optional(),
    hours: z
      .array(z.strictObject({ from: HourOfDay, to: HourOfDay, bytesPerSecond: Rate }))
      .max(24)
      .optional(),
  })
  .openapi({ description: 'How much of the line is taken; the first of the hours that fits counts' });

const common = {
  when: Rule.optional().openapi({
    description: 'What goes there whatever the rules say, everything for {}; without it they alone do',
  }),
  enabled: z.boolean().default(true),
  site: Text.optional().openapi({ description: 'Name of the other facility; what goes there needs a legal basis' }),
  basis: BasisSchema.optional(),
  line: LineSchema.optional(),
};

const dicom = {
  kind: z.literal('dicom').optional(),
  aeTitle: AeTitle,
  host: Host,
  port: Port,
  callingAe: AeTitle.optional(),
  ...common,
  tls: TlsSchema.optional(),
  commitment: z.boolean().optional().openapi({ description: 'It is asked whether it keeps safe what it got' }),
};

const Url = z
  .string()
  .max(2000)
  .transform((text) => text.replace(/\/+$/, ''))
  .refine(isPlainUrl, 'an address that begins with https:// or http://, without user, question mark and fragment');
const Pem = z.string().max(65_536).includes('-----BEGIN ', { message: 'PEM, which begins with -----BEGIN' });

const web = {
  kind: z.enum(['dicomweb', 'filmless']),
  url: Url,
  ...common,
  tls: z.strictObject({ fingerprint: Fingerprint.optional(), name: Host.optional() }).optional(),
  relay: z
    .boolean()
    .optional()
    .openapi({ description: 'Says from whom an instance came; only a token with the right relay may' }),
};

const folder = {
  kind: z.literal('folder'),
  path: z.string().max(4000).refine(isAbsolute, 'the whole path of a folder on this server'),
  names: z.enum(['hashed', 'uids']).default('hashed'),
  ...common,
};

/** Written, never read: what is left out stays as it was, `null` removes it. */
const secret = {
  token: z
    .string()
    .regex(/^[\x21-\x7e]{1,4096}$/, 'a token has no spaces')
    .nullish()
    .openapi({ description: 'Write-only. Left out: as it was; null: none' }),
  clientCertificate: z
    .strictObject({ cert: Pem, key: Pem })
    .nullish()
    .openapi({ description: 'Write-only, PEM. Shown in place of our own certificate' }),
};

const id = { id: DestinationId };

interface SentCommon {
  readonly when?: RoutingRule | undefined;
  readonly enabled: boolean;
  readonly site?: string | undefined;
  readonly basis?: LegalBasis | undefined;
  readonly line?: { readonly bytesPerSecond?: number | undefined; readonly hours?: readonly LineHours[] | undefined } | undefined;
}

interface SentDicom extends SentCommon {
  readonly kind?: 'dicom' | undefined;
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  readonly callingAe?: string | undefined;
  readonly tls?: DicomDestination['tls'] | undefined;
  readonly commitment?: boolean | undefined;
}

interface OpenWeb extends SentCommon {
  readonly kind: WebDestination['kind'];
  readonly url: string;
  readonly tls?: WebDestination['tls'] | undefined;
  readonly relay?: boolean | undefined;
}

interface SentWeb extends OpenWeb {
  readonly token?: string | null | undefined;
  readonly clientCertificate?: { readonly cert: string; readonly key: string } | null | undefined;
}

interface SentFolder extends SentCommon {
  readonly kind: 'folder';
  readonly path: string;
  readonly names: FolderDestination['names'];
}

export type SentDestination = SentDicom | SentWeb | SentFolder;

interface ShownWeb extends OpenWeb {
  readonly hasToken: boolean;
  readonly hasClientCertificate: boolean;
}

type ShownDestination = (SentDicom | ShownWeb | SentFolder) & { readonly id: string };

export const DestinationChange: z.ZodType<SentDestination> = z.discriminatedUnion('kind', [
  z.strictObject(dicom),
  z.strictObject({ ...web, ...secret }),
  z.strictObject(folder),
]);

export const DestinationAddition: z.ZodType<SentDestination & { readonly id: string }> = z.discriminatedUnion('kind', [
  z.strictObject({ ...id, ...dicom }),
  z.strictObject({ ...id, ...web, ...secret }),
  z.strictObject({ ...id, ...folder }),
]);

/** As it is shown: of a secret, that it is there. */
export const DestinationSchema: z.ZodType<ShownDestination> = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...id, ...dicom }),
    z.strictObject({ ...id, ...web, hasToken: z.boolean(), hasClientCertificate: z.boolean() }),
    z.strictObject({ ...id, ...folder }),
  ])
  .openapi('Destination');

/** In the list, with what keeps it from being changed or removed. */
export const ListedDestination: z.ZodType<ShownDestination & { readonly fixed: boolean; readonly rules: readonly string[] }> = z
  .intersection(
    DestinationSchema,
    z.object({
      fixed: z.boolean().openapi({ description: 'Set by the configuration: it can be paused, and nothing else' }),
      rules: z.array(z.string()).openapi({ description: 'Names of the routing rules that send there' }),
    }),
  )
  .openapi('ListedDestination');

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) {
    return false;
  }
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && search === '' && hash === '';
}

/** A destination as it was sent, with what was known of its secret. */
export function readDestination(destinationId: string, sent: SentDestination, known: Destination | undefined): Destination {
  switch (sent.kind) {
    case undefined:
    case 'dicom':
      return compact({ ...sent, id: destinationId, kind: 'dicom' as const });
    case 'folder':
      return compact({ ...sent, id: destinationId });
    case 'dicomweb':
    case 'filmless': {
      const { token, clientCertificate, ...shown } = sent;
      // Where it goes elsewhere now, what was shown to the one before is not shown there.
      const before: WebSecret = known !== undefined && 'url' in known && known.url === sent.url ? (known.secret ?? {}) : {};
      const { cert, key } = clientCertificate === undefined ? before : (clientCertificate ?? {});
      const kept = compact({ token: token === undefined ? before.token : (token ?? undefined), cert, key });
      const destination: WebDestination = compact({ ...shown, id: destinationId });
      return Object.keys(kept).length === 0 ? destination : { ...destination, secret: kept };
    }
  }
}

/** A destination as it is shown. */
export function presentDestination(destination: Destination): ShownDestination {
  if (!('url' in destination)) {
    return destination;
  }
  const { secret: hidden, ...open } = destination;
  return { ...open, hasToken: hidden?.token !== undefined, hasClientCertificate: hidden?.cert !== undefined };
}
