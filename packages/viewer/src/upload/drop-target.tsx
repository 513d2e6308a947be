import { Upload } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { t } from '../i18n/index.ts';
import { givenByDrop } from './given.ts';

export interface DropTargetProps {
  /** What is dropped is looked at first, and not sent at once. */
  readonly looks: boolean;
  readonly children: ComponentChildren;
}

/** Takes files dropped anywhere into the page. */
export function DropTarget({ looks, children }: DropTargetProps): VNode {
  const { uploads, imports } = useApp();
  const looking = useRef(looks);
  looking.current = looks;
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Entering a child element comes before leaving its parent, so the difference is counted.
    let depth = 0;
    const entered = (event: DragEvent) => {
      if (hasFiles(event)) {
        depth += 1;
        setOver(true);
      }
    };
    const left = (event: DragEvent) => {
      if (hasFiles(event)) {
        depth -= 1;
        setOver(depth > 0);
      }
    };
    const moved = (event: DragEvent) => {
      if (hasFiles(event)) {
        event.preventDefault();
      }
    };
    const dropped = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (event.dataTransfer !== null && hasFiles(event)) {
        event.preventDefault();
        const given = givenByDrop(event.dataTransfer);
        if (looking.current) {
          imports.choose(given, event.dataTransfer.items[0]?.webkitGetAsEntry()?.name ?? '');
        } else {
          uploads.add(given);
        }
      }
    };
    const handlers = { dragenter: entered, dragleave: left, dragover: moved, drop: dropped };
    const names = ['dragenter', 'dragleave', 'dragover', 'drop'] as const;
    for (const name of names) {
      window.addEventListener(name, handlers[name]);
    }
    return () => {
      for (const name of names) {
        window.removeEventListener(name, handlers[name]);
      }
    };
  }, []);
  return (
    <>
      {children}
      {over && (
        <div class="drop-cover">
          <div>
            <Upload size={44} strokeWidth={1.4} aria-hidden="true" />
            <strong>{t(looks ? 'importing.title' : 'upload.dropTitle')}</strong>
            <span>{t('upload.dropText')}</span>
          </div>
        </div>
      )}
    </>
  );
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}
