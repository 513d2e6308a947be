import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** A place in the text that is marked; both count from 1. */
export interface MarkedPlace {
  readonly line: number;
  readonly column: number;
}

export interface CodeEditorProps {
  readonly label: string;
  readonly text: string;
  readonly marks: readonly MarkedPlace[];
  /** Id of what says why places are marked. */
  readonly describedBy: string;
  /** The caret is put there whenever another one is given. */
  readonly goTo: MarkedPlace | undefined;
  readonly onText: (text: string) => void;
}

const LINE_PX = 20;

/** A text with numbers beside its lines, in which places are marked. Tab leaves it, as it leaves every field. */
export function CodeEditor({ label, text, marks, describedBy, goTo, onText }: CodeEditorProps): VNode {
  const area = useRef<HTMLTextAreaElement>(null);
  const [scroll, setScroll] = useState({ top: 0, left: 0 });
  const lines = text.split('\n');
  useEffect(() => {
    if (goTo !== undefined && area.current !== null) {
      putCaret(area.current, goTo);
    }
  }, [goTo]);
  const faulty = new Set(marks.map(({ line }) => line));
  return (
    <div class="code">
      <div class="code-numbers" aria-hidden="true">
        <div style={{ transform: `translateY(${-scroll.top}px)` }}>
          {lines.map((_, index) => (
            <span key={String(index)} class={faulty.has(index + 1) ? 'code-number-marked' : undefined}>
              {index + 1}
            </span>
          ))}
        </div>
      </div>
      <div class="code-field">
        <div class="code-marks" aria-hidden="true">
          <div style={{ transform: `translate(${-scroll.left}px, ${-scroll.top}px)` }}>
            {marks.map(({ line, column }) => (
              <span key={`${line}.${column}`} class="code-mark" style={{ top: `${(line - 1) * LINE_PX}px` }}>
                <span style={{ marginLeft: `${column - 1}ch`, width: `${wordAt(lines[line - 1] ?? '', column)}ch` }} />
              </span>
            ))}
          </div>
        </div>
        <textarea
          ref={area}
          class="code-text"
          aria-label={label}
          aria-describedby={describedBy}
          aria-invalid={marks.length > 0}
          spellcheck={false}
          autoCapitalize="off"
          autoComplete="off"
          wrap="off"
          value={text}
          onInput={(event) => onText(event.currentTarget.value)}
          onScroll={({ currentTarget: { scrollTop, scrollLeft } }) => setScroll({ top: scrollTop, left: scrollLeft })}
        />
      </div>
    </div>
  );
}

/** How many characters the word has that begins there. */
function wordAt(line: string, column: number): number {
  return Math.max(1, /^[^\s,:{}[\]]*/.exec(line.slice(column - 1))?.[0].length ?? 1);
}

function putCaret(area: HTMLTextAreaElement, { line, column }: MarkedPlace): void {
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
  area.focus();
  area.setSelectionRange(start, start + wordAt(lines[line - 1] ?? '', column));
  area.scrollTop = Math.max(0, (line - 6) * LINE_PX);
}
