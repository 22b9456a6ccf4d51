import { useEffect, useRef } from 'react';
import { shortcutsPreference } from './preferences.ts';

/** By key, as `KeyboardEvent.key` names it in lower case (`j`, `enter`, ` `, `/`, `?`); true or nothing: done, false: not meant for here. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => boolean | void>>;

const TYPING = 'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="listbox"], [role="dialog"]';
/** Keys that a focused control needs for itself. */
const PRESSING = new Set(['enter', ' ']);
const CONTROLS = 'a, button, summary, [role="button"], [role="option"], [role="tab"], [role="switch"]';

/** Keys that are kept even where single-key shortcuts are off: they are no letters, and nobody dictates them. */
const ALWAYS = new Set(['escape']);

const onApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
/** The key that makes a command of another one. */
export const COMMAND_KEY = onApple ? '⌘' : 'Ctrl';

/** Whether a command is meant: on a Mac, Ctrl and a letter edit text. */
export const isCommand = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent, letter: string): boolean =>
  key.toLowerCase() === letter && (onApple ? metaKey && !ctrlKey : ctrlKey && !metaKey) && !altKey && !shiftKey;

/** Listens for keys while the component is there; what somebody types into a field is never taken. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      const act = latest.current[key];
      if (!act || !isMeant(event, key)) return;
      if (act(event) !== false) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

function isMeant(event: KeyboardEvent, key: string): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  if (!ALWAYS.has(key) && shortcutsPreference.get() === 'off') return false;
  const { target } = event;
  if (!(target instanceof Element)) return true;
  if (!ALWAYS.has(key) && target.closest(TYPING)) return false;
  return !(PRESSING.has(key) && target.closest(CONTROLS));
}
