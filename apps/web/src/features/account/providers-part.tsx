import { useQueryClient } from '@tanstack/react-query';
import { type ProviderLink, type ProviderLinks, unlinkProvider } from '../../api/account.ts';
import { problemOf } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notice.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { Part } from '../notifications/preference-parts.tsx';

interface Props {
  readonly providers: ProviderLinks;
  readonly timeZone: string;
}

export const PROVIDERS = ['own-providers'];

/** AC-5: by which providers somebody signs in, and how to sign in by one no longer. */
export function ProvidersPart({ providers: { links }, timeZone }: Props) {
  const queries = useQueryClient();
  const unlink = async ({ id, name }: ProviderLink) => {
    try {
      await unlinkProvider(id);
      notify({ text: `You no longer sign in by ${name}` });
    } catch (thrown) {
      notify({ text: `Not unlinked. ${problemOf(thrown).message}`, tone: 'refuse' });
    }
    await queries.invalidateQueries({ queryKey: PROVIDERS });
  };
  return (
    <Part title="Providers" about="You sign in by these accounts. One that is unlinked is linked again when you continue with it.">
      <ul aria-label="Your providers" className="divide-y divide-line">
        {links.map((link) => (
          <li key={link.id} className="flex flex-wrap items-start gap-x-3 gap-y-1 py-2.5">
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-medium wrap-anywhere">{link.name}</p>
              <p className="text-xs text-ink-3 wrap-anywhere">
                {link.issuer} · since <TimeText instant={link.since} timeZone={timeZone} as="day" />
              </p>
            </div>
            <Button
              changes="inPerson"
              aria-label={`Unlink ${link.name}`}
              because={link.only_way_in ? 'You have no other way to sign in' : null}
              onClick={() => void unlink(link)}
            >
              Unlink
            </Button>
          </li>
        ))}
      </ul>
    </Part>
  );
}
