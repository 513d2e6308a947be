import { useSignal } from '@preact/signals';
import { Download } from 'lucide-preact';
import type { VNode } from 'preact';
import { ApiError } from '../api/client.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { faultText } from './fault-text.ts';
import { saveFile } from './save-file.ts';
import { fetchInstanceFile, instanceUrl } from './study-client.ts';

export interface DownloadProps {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
}

/** Saves the object as the file the modality sent. */
export function DownloadButton({ study, series, instance }: DownloadProps): VNode {
  const { session } = useApp();
  const busy = useSignal(false);
  const save = async (): Promise<void> => {
    busy.value = true;
    try {
      const bytes = await fetchInstanceFile(instanceUrl(study, series, instance), AbortSignal.timeout(10 * 60_000));
      saveFile(`${instance}.dcm`, bytes, 'application/dicom');
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        session.expire();
      }
      toast('failure', t('reading.downloadFailed', { reason: faultText(error) }));
    }
    busy.value = false;
  };
  return (
    <Button small icon={Download} busy={busy.value} onClick={() => void save()}>
      {busy.value ? t('reading.downloading') : t('reading.download')}
    </Button>
  );
}
