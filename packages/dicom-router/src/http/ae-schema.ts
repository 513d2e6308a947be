import { isCharacterSetTerm } from '@filmless/dicom';
import { z } from '@hono/zod-openapi';
import type { WorklistSettings } from '../aes/ae-config.ts';
import type { TlsSetting } from '../routing/tls-setting.ts';
import { Host } from './schemas.ts';

export const Fingerprint: z.ZodType<string> = z
  .string()
  .overwrite((text) => text.replace(/[:\s]/g, '').toUpperCase())
  .regex(/^[0-9A-F]{64}$/, 'the SHA-256 fingerprint of a certificate has 64 hexadecimal digits; colons between them do no harm');

/** How a peer speaks TLS, of application entities and destinations alike. */
export const TlsSchema: z.ZodType<TlsSetting> = z
  .union([z.boolean(), z.strictObject({ fingerprint: Fingerprint.optional(), name: Host.optional() })])
  .openapi({
    description:
      'true: by DICOM TLS alone. fingerprint: with this certificate and no other, which then needs no authority. name: what its certificate is issued to, if not the host',
  });

/** A term of PS3.3 C.12.1.1.2, or a code page that older Vietnamese machines write. */
export const CharacterSetSchema: z.ZodType<string> = z
  .string()
  .max(64)
  .refine(
    isCharacterSetTerm,
    'a character set that is known: a term of DICOM (ISO_IR 100, GB18030) or a code page (windows-1258)',
  );

export const WorklistSchema: z.ZodType<WorklistSettings> = z
  .strictObject({
    modalities: z
      .array(z.string().regex(/^[A-Z0-9_ ]{1,16}$/, 'a modality is a code as in (0008,0060): CT, MR, US'))
      .max(100)
      .optional(),
    rooms: z.array(z.string().trim().min(1).max(16)).max(100).optional(),
    days: z.number().int().min(0).max(366).optional(),
  })
  .openapi({
    description:
      'What of the worklist it is shown. rooms: Scheduled Procedure Step Locations. days: how far from today, both ways',
  });
