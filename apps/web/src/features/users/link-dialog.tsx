import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';

interface Props {
  readonly name: string;
  readonly link: string;
  readonly onClose: () => void;
}

/** A link that was taken to be handed over: shown this once. */
export function LinkDialog({ name, link, onClose }: Props) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    // Where the browser doesn't let a page copy, it stands there to be selected.
    navigator.clipboard.writeText(link).then(
      () => setCopied(true),
      () => undefined,
    );
  return (
    <ModalDialog
      title={`The link for ${name}`}
      description="Whoever opens it chooses the password: give it to nobody else. It works once, and can’t be shown again. That you took it is in the log."
      easyToLeave={false}
      onClose={onClose}
      footer={
        <>
          <Button onClick={() => void copy()}>{copied ? 'Copied' : 'Copy'}</Button>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <TextField label="Link" value={link} readOnly onFocus={({ target }) => target.select()} />
    </ModalDialog>
  );
}
