import { Check, Copy } from 'lucide-preact';
import type { VNode } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { IconButton } from './button.tsx';

/** A value to be copied or read out. */
export function CopyField({ label, value }: { readonly label: string; readonly value: string }): VNode {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = () => {
    field.current?.select();
    copyText(value, field.current).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), 2_000);
      },
      () => undefined,
    );
  };
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <span class="input-with-end">
        <input
          ref={field}
          id={id}
          type="text"
          class="input fixed"
          readOnly
          value={value}
          onFocus={(event) => event.currentTarget.select()}
        />
        <span class="input-end">
          <IconButton small icon={copied ? Check : Copy} label={t(copied ? 'common.copied' : 'common.copy')} onClick={copy} />
        </span>
      </span>
    </div>
  );
}

/** The clipboard of today needs a secure page; on plain http in a hospital's network the old command still works. */
async function copyText(value: string, field: HTMLInputElement | null): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(value);
  } else {
    field?.select();
    document.execCommand('copy');
  }
}
