import { useSignal } from '@preact/signals';
import { FileDown } from 'lucide-preact';
import type { VNode } from 'preact';
import { ApiError } from '../api/client.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import type { DownloadProps } from './download-button.tsx';
import { faultText } from './fault-text.ts';
import { saveFile } from './save-file.ts';
import { fetchBulk, instanceUrl } from './study-client.ts';

/** Encapsulated PDF Storage. PS3.4 B.5. */
export const ENCAPSULATED_PDF = '1.2.840.10008.5.1.4.1.1.104.1';

/** Encapsulated Document. PS3.3 C.24.2. */
const ENCAPSULATED_DOCUMENT = '00420011';

/** Saves the PDF out of its object: the browser, or what the computer opens PDFs with, shows it. */
export function PdfButton({ study, series, instance }: DownloadProps): VNode {
  const { session } = useApp();
  const busy = useSignal(false);
  const save = async (): Promise<void> => {
    busy.value = true;
    try {
      const url = `${instanceUrl(study, series, instance)}/bulkdata/${ENCAPSULATED_DOCUMENT}`;
      saveFile(`${instance}.pdf`, await fetchBulk(url, AbortSignal.timeout(10 * 60_000)), 'application/pdf');
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        session.expire();
      }
      toast('failure', t('reading.downloadFailed', { reason: faultText(error) }));
    }
    busy.value = false;
  };
  return (
    <Button small kind="primary" icon={FileDown} busy={busy.value} onClick={() => void save()}>
      {t('importing.openPdf')}
    </Button>
  );
}
