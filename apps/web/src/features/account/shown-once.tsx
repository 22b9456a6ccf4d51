import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';

/** A secret that nobody can read again, to be copied. */
export function ShownOnce({ label, text }: { readonly label: string; readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false), // not allowed here: it can be selected
    );
  return (
    <div className="flex flex-wrap items-start gap-2">
      <output
        aria-label={label}
        className="min-w-0 flex-1 basis-64 select-all rounded-md border border-line bg-well px-3 py-1.5 font-mono text-sm wrap-anywhere whitespace-pre-line"
      >
        {text}
      </output>
      <Button icon={copied ? Check : Copy} onClick={copy}>
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
