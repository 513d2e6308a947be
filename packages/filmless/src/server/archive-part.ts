import type { Archive } from '@filmless/archive';
import type { PartContext } from './parts.ts';

export async function openArchive(_context: PartContext): Promise<Archive> {
  throw new Error('the archive is not built yet');
}
