import { ModalDialog } from '../ui/modal-dialog.tsx';
import { shortcutsPreference } from '../ui/preferences.ts';
import { COMMAND_KEY } from '../ui/shortcuts.ts';
import { useStore } from '../ui/store.ts';

const GROUPS = [
  {
    title: 'In the feed',
    keys: [
      [['J'], 'Next change'],
      [['K'], 'Previous change'],
      [['O', 'Enter'], 'Open the change'],
      [['E'], 'Unfold or fold it'],
      [['Space'], 'Pause, or go on'],
      [['T'], 'Back to the newest'],
    ],
  },
  {
    title: 'Everywhere',
    keys: [
      [[COMMAND_KEY, 'K'], 'Find a page, a person, a time, a command'],
      [['/'], 'Search'],
      [['Esc'], 'Close what is open'],
      [['?'], 'This sheet'],
    ],
  },
] as const;

export default function ShortcutList({ onClose }: { readonly onClose: () => void }) {
  const chosen = useStore(shortcutsPreference);
  return (
    <ModalDialog title="Keyboard shortcuts" onClose={onClose}>
      <div className="grid gap-6 sm:grid-cols-2">
        {GROUPS.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="mb-2 text-xs text-ink-3">{title}</h3>
            <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 text-sm">
              {keys.map(([names, what]) => (
                <div key={what} className="contents">
                  <dt className="flex gap-1">
                    {names.map((name) => (
                      <kbd key={name} className="rounded border border-b-2 border-line-strong px-1.5 font-mono text-xs">
                        {name}
                      </kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="mt-6 flex items-start gap-2.5 border-t border-line pt-4 text-sm">
        <input
          type="checkbox"
          checked={chosen === 'on'}
          onChange={({ target }) => shortcutsPreference.set(target.checked ? 'on' : 'off')}
          className="mt-0.5 size-4 accent-(--accent)"
        />
        <span>
          Shortcuts of a single key
          <span className="block text-xs text-ink-3">
            Turn them off if you dictate, or if keys are pressed by accident. Esc still closes things.
          </span>
        </span>
      </label>
    </ModalDialog>
  );
}
