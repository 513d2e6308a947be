import type { ComponentChildren, VNode } from 'preact';

/** What a thing is called, and what it is; an empty text is left out. */
type Fact = readonly [name: string, value: ComponentChildren];

/** Facts as a list of names and values. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }): VNode {
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="numeric">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
