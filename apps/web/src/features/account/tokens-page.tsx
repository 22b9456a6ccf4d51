import { useRouteContext } from '@tanstack/react-router';
import { KeySquare, Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { TokenList, TokenView } from '../../api/views.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button } from '../../ui/button.tsx';
import { Bone, PageState, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { type Tokens, useTokens } from './use-tokens.ts';

/** What a dialog takes comes with the first one. */
const NewToken = lazy(() => import('./new-token.tsx'));
const RevokeToken = lazy(() => import('./revoke-token.tsx'));

/** AC-5: the reader's tokens for programs. */
export function TokensPage() {
  const tokens = useTokens();
  const { list, problem, retry, isPending } = tokens;
  const late = useDelayed(isPending);
  return (
    <>
      <PageHeader title="Tokens for programs" />
      {problem && list && <ProblemLine problem={problem} what="your tokens" onRetry={retry} />}
      <div className="min-h-0 flex-1 overflow-y-auto">
        {list ? (
          <Listed tokens={tokens} list={list} />
        ) : problem ? (
          <ProblemState problem={problem} what="your tokens" onRetry={retry} />
        ) : (
          late && <Skeleton />
        )}
      </div>
    </>
  );
}

/** What stands in the dialog: a new token, or one that is to be revoked. */
type Opened = 'new' | TokenView | null;

function Listed({ tokens, list }: { readonly tokens: Tokens; readonly list: TokenList }) {
  const [opened, setOpened] = useState<Opened>(null);
  const add = (
    <Button changes="inPerson" icon={Plus} look="primary" onClick={() => setOpened('new')}>
      New token
    </Button>
  );
  return (
    <div className="mx-auto max-w-3xl px-4 py-6 sm:px-6">
      {list.tokens.length === 0 ? (
        <PageState icon={KeySquare} title="You have no tokens" actions={add}>
          A program that works for you names one with each call. It may do what you allow it, and never more than you may yourself.
        </PageState>
      ) : (
        <section aria-labelledby="tokens">
          <div className="flex flex-wrap items-end gap-x-4 gap-y-2 pb-3">
            <div className="min-w-0 flex-1 basis-64">
              <h2 id="tokens" className="text-base">
                Yours
              </h2>
              <p className="text-sm text-ink-2">What is done with one stands in the log as done by you, with the token.</p>
            </div>
            {add}
          </div>
          <ul aria-label="Your tokens" className="border-t border-line">
            {list.tokens.map((token) => (
              <TokenRow key={token.id} token={token} scopes={list.scopes} onRevoke={() => setOpened(token)} />
            ))}
          </ul>
        </section>
      )}
      {opened && (
        <Suspense fallback={null}>
          {opened === 'new' ? (
            <NewToken scopes={list.scopes} onCreate={tokens.create} onClose={() => setOpened(null)} />
          ) : (
            <RevokeToken token={opened} onRevoke={() => tokens.revoke(opened)} onClose={() => setOpened(null)} />
          )}
        </Suspense>
      )}
    </div>
  );
}

interface RowProps {
  readonly token: TokenView;
  readonly scopes: TokenList['scopes'];
  readonly onRevoke: () => void;
}

function TokenRow({ token: { name, ending, scopes: own, expiresAt, expired, lastUsedAt }, scopes, onRevoke }: RowProps) {
  const { user } = useRouteContext({ from: '/_app' });
  const labelOf = (key: string) => scopes.find((scope) => scope.key === key)?.label ?? `${key} (not open to you)`;
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 border-b border-line py-2.5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 font-medium">
          <span className="wrap-anywhere">{name}</span>
          <code className="font-mono text-xs text-ink-3">…{ending}</code>
          {expired && <Tag tone="refuse">Expired</Tag>}
        </p>
        <p className="text-sm text-ink-2">{own.map(labelOf).join(' · ')}</p>
        <p className="text-xs text-ink-3">
          {lastUsedAt ? (
            <>
              Last used <TimeText instant={lastUsedAt} timeZone={user.time_zone} as="day" />
            </>
          ) : (
            'Never used'
          )}{' '}
          · {expired ? 'expired' : 'expires'} <TimeText instant={expiresAt} timeZone={user.time_zone} as="full" />
        </p>
      </div>
      <Button changes="inPerson" aria-label={`Revoke “${name}”`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  );
}

const Skeleton = () => (
  <div role="status" className="mx-auto grid max-w-3xl gap-6 px-4 py-6 sm:px-6">
    <span className="sr-only">Reading your tokens</span>
    {Array.from({ length: 4 }, (_, index) => (
      <Bone key={index} className={index % 2 ? 'w-72' : 'w-48'} />
    ))}
  </div>
);
