import { printable } from '../remote/table.ts';
import type { Tested } from '../remote/views.ts';

/** What came of a C-ECHO or a test image, in one line. */
export function testLine({ ok, milliseconds, detail, diagnosis }: Tested): string {
  if (ok) {
    return `It answered in ${milliseconds} ms.`;
  }
  return printable(diagnosis === null ? `It did not answer: ${detail}` : `${diagnosis.reason} ${diagnosis.advice}`);
}
