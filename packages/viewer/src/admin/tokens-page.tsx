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
  return (
    <div class="panel table-scroll">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t('admin.tokenName')}</th>
            <th scope="col">{t('admin.tokenRights')}</th>
            <th scope="col">{t('admin.tokenReach')}</th>
            <th scope="col">{t('admin.tokenCreated')}</th>
            <th scope="col">{t('admin.tokenUsed')}</th>
            <th scope="col">{t('admin.tokenExpiry')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {data.tokens.map((token) => (
            <tr key={token.id}>
              <td class="cell-main">{token.name}</td>
              <td data-label={t('admin.tokenRights')}>
                <span class="row row-wrap">
                  {token.rights.map((right) => (
                    <Badge key={right}>{textOf('admin', `right_${right}`) ?? right}</Badge>
                  ))}
                </span>
              </td>
              <td class="soft" data-label={t('admin.tokenReach')}>
                {reach(token)}
              </td>
              <td class="soft" data-label={t('admin.tokenCreated')}>
                {t('admin.tokenBy', { at: formatInstant(token.createdAt), name: token.createdBy })}
              </td>
              <td class="soft" data-label={t('admin.tokenUsed')}>
                {formatInstant(token.usedAt) || t('admin.tokenUnused')}
              </td>
              <td class="soft" data-label={t('admin.tokenExpiry')}>
                {formatInstant(token.expiresAt) || t('admin.tokenNever')}
              </td>
              <td class="cell-actions">
                <Button small aria-label={`${t('admin.tokenRevoke')} ${token.name}`} onClick={() => onRevoke(token)}>
                  {t('admin.tokenRevoke')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
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
