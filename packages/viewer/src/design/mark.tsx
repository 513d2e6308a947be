import type { VNode } from 'preact';
import mark from './mark.svg';

/** The product's sign: a sheet of film with its corner turned, and a rib cage on it. */
export function Mark({ size }: { readonly size: number }): VNode {
  return <img src={mark} width={size} height={size} alt="" />;
}
