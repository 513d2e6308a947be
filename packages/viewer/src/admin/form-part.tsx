import type { ComponentChildren, VNode } from 'preact';

export interface FormPartProps {
  readonly title: string;
  /** Unfolded from the beginning. */
  readonly open: boolean;
  readonly children: ComponentChildren;
}

/** What of a form is rarely needed, folded away until something of it is set. */
export function FormPart({ title, open, children }: FormPartProps): VNode {
  return (
    <details class="ae-part" open={open}>
      <summary>{title}</summary>
      <div class="ae-part-body">{children}</div>
    </details>
  );
}
