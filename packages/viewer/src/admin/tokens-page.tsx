import { KeyRound, Plus } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Facility, readFacilities } from '../api/facilities.ts';
import { readTokens, revokeToken, type Token } from '../api/tokens.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Confirm } from '../design/dialog.tsx';
import { Badge, Empty } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t, textOf } from '../i18n/index.ts';
import { AdminTable, type Column } from './admin-table.tsx';
import { LoadedView, Section } from './section.tsx';
import { TokenDialog } from './token-dialog.tsx';

interface Data {
  readonly tokens: readonly Token[];
  readonly facilities: readonly Facility[];
}

export function TokensPage(): VNode {
  const { client } = useApp();
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Token | undefined>(undefined);
  const loaded = useLoaded<Data>('tokens', async (signal) => {
    const [tokens, facilities] = await Promise.all([readTokens(client, signal), readFacilities(client, signal)]);
    return { tokens, facilities };
  });
  const add = (
    <Button kind="primary" icon={Plus} disabled={loaded.value === undefined} onClick={() => setAdding(true)}>
      {t('admin.addToken')}
    </Button>
  );
  return (
    <Section title={t('admin.tokens')} intro={t('admin.tokensIntro')} action={add}>
      <LoadedView loaded={loaded}>
        {(data) =>
          data.tokens.length === 0 ? (
            <Empty icon={KeyRound} title={t('admin.tokensEmpty')} />
          ) : (
            <Tokens data={data} onRevoke={setRevoking} />
          )
        }
      </LoadedView>
      {adding && (
        <TokenDialog facilities={loaded.value?.facilities ?? []} onClose={() => setAdding(false)} onAdded={loaded.reload} />
      )}
      {revoking !== undefined && (
        <Revoke
          token={revoking}
          onClose={() => setRevoking(undefined)}
          onDone={() => {
            setRevoking(undefined);
            loaded.reload();
          }}
        />
      )}
    </Section>
  );
}

function Tokens({ data, onRevoke }: { readonly data: Data; readonly onRevoke: (token: Token) => void }): VNode {
  const names = new Map(data.facilities.map(({ id, name }) => [id, name]));
  const reach = ({ facilities }: Token) =>
    facilities === 'all' ? t('admin.allFacilities') : facilities.map((id) => names.get(id) ?? id).join(', ');
  const columns: readonly Column<Token>[] = [
    { title: t('admin.tokenName'), kind: 'main', cell: ({ name }) => name },
    {
      title: t('admin.tokenRights'),
      cell: ({ rights }) => (
        <span class="row row-wrap">
          {rights.map((right) => (
            <Badge key={right}>{textOf('admin', `right_${right}`) ?? right}</Badge>
          ))}
        </span>
      ),
    },
    { title: t('admin.tokenReach'), class: 'soft', cell: reach },
    {
      title: t('admin.tokenCreated'),
      class: 'soft',
      cell: ({ createdAt, createdBy }) => t('admin.tokenBy', { at: formatInstant(createdAt), name: createdBy }),
    },
    {
      title: t('admin.tokenUsed'),
      class: 'soft',
      cell: ({ usedAt }) => formatInstant(usedAt) || t('admin.tokenUnused'),
    },
    {
      title: t('admin.tokenExpiry'),
      class: 'soft',
      cell: ({ expiresAt }) => formatInstant(expiresAt) || t('admin.tokenNever'),
    },
    {
      title: '',
      kind: 'actions',
      cell: (token) => (
        <Button small aria-label={`${t('admin.tokenRevoke')} ${token.name}`} onClick={() => onRevoke(token)}>
          {t('admin.tokenRevoke')}
        </Button>
      ),
    },
  ];
  return <AdminTable rows={data.tokens} keyOf={({ id }) => id} columns={columns} />;
}

function Revoke({
  token,
  onClose,
  onDone,
}: {
  readonly token: Token;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): VNode {
  const { client } = useApp();
  const sending = useSending();
  const revoke = async () => {
    if (await sending.run(() => revokeToken(client, token.id))) {
      onDone();
    }
  };
  return (
    <Confirm
      title={t('admin.tokenRevokeTitle', { name: token.name })}
      text={t('admin.tokenRevokeText')}
      action={t('admin.tokenRevoke')}
      busy={sending.busy}
      problem={sending.problem}
      onConfirm={() => void revoke()}
      onClose={onClose}
    />
  );
}
