import { ArrowDownLeft, ArrowUpRight, Lock } from 'lucide-preact';
import type { VNode } from 'preact';
import type { AssociationProblem } from '../api/associations.ts';
import { Badge } from '../design/status.tsx';
import { t } from '../i18n/index.ts';

/** Who called, what for, and whether by TLS. */
export function DirectionBadge({
  problem,
}: {
  readonly problem: Pick<AssociationProblem, 'direction' | 'purpose' | 'tls'>;
}): VNode {
  const { direction, purpose, tls } = problem;
  const Icon = direction === 'in' ? ArrowDownLeft : ArrowUpRight;
  return (
    <>
      <Badge title={t(`connections.direction_${direction}`)}>
        <Icon size={12} aria-hidden="true" />
        {direction === 'in' ? t('connections.short_in') : purposeWords(purpose)}
      </Badge>
      {tls && (
        <Badge>
          <Lock size={12} aria-hidden="true" />
          TLS
        </Badge>
      )}
    </>
  );
}

const PURPOSES = ['delivery', 'move', 'commitment', 'echo', 'test-image'] as const;

function purposeWords(purpose: string): string {
  const known = PURPOSES.find((name) => name === purpose);
  return known === undefined ? t('connections.short_out') : t(`connections.purpose_${known}`);
}
