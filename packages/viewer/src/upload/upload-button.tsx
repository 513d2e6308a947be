import { Disc3, FilePlus, FolderPlus, Upload } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { IMPORT } from '../app/route.ts';
import { Menu, MenuItem } from '../design/menu.tsx';
import { t } from '../i18n/index.ts';
import { givenFiles } from './given.ts';

/** Choosing files or a folder, for those who would rather press than drag. */
export function UploadButton(): VNode {
  const { navigator } = useApp();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Not a property the element's type knows, though every browser does.
    folder.current?.setAttribute('webkitdirectory', '');
  }, []);
  return (
    <>
      <Menu
        label={t('upload.title')}
        button={(props) => (
          <button type="button" class="button upload-button" title={t('upload.title')} {...props}>
            <Upload size={18} aria-hidden="true" />
            <span>{t('upload.button')}</span>
          </button>
        )}
      >
        {(close) => (
          <>
            <MenuItem icon={FilePlus} onPress={choose(files, close)}>
              {t('upload.files')}
            </MenuItem>
            <MenuItem icon={FolderPlus} onPress={choose(folder, close)}>
              {t('upload.folder')}
            </MenuItem>
            <MenuItem
              icon={Disc3}
              onPress={() => {
                close();
                navigator.go(IMPORT);
              }}
            >
              {t('importing.menu')}
            </MenuItem>
            <div class="menu-note upload-note">{t('upload.hint')}</div>
          </>
        )}
      </Menu>
      <FileInput input={files} label={t('upload.files')} />
      <FileInput input={folder} label={t('upload.folder')} />
    </>
  );
}

function choose(input: { readonly current: HTMLInputElement | null }, close: () => void): () => void {
  return () => {
    close();
    input.current?.click();
  };
}

function FileInput({ input, label }: { readonly input: { current: HTMLInputElement | null }; readonly label: string }): VNode {
  const { uploads } = useApp();
  const chosen = (event: { readonly currentTarget: HTMLInputElement }) => {
    const { files } = event.currentTarget;
    if (files !== null && files.length > 0) {
      uploads.add(givenFiles([...files]));
    }
    // The same files may be chosen again.
    event.currentTarget.value = '';
  };
  return <input ref={input} type="file" multiple class="visually-hidden" tabIndex={-1} aria-label={label} onChange={chosen} />;
}
