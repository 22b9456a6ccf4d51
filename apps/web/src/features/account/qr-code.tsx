import { generate } from 'lean-qr';
import { useMemo } from 'react';

/** Light around it, in dots: readers look for that. */
const QUIET = 4;

/** A text as a QR code: dark on light in every theme, as readers expect it. */
export default function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => drawn(text), [text]);
  const side = size + 2 * QUIET;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`}
      shapeRendering="crispEdges"
      className="size-48 rounded-md bg-white"
    >
      <path d={path} className="fill-black" />
    </svg>
  );
}

function drawn(text: string): { readonly size: number; readonly path: string } {
  const code = generate(text);
  const dots: string[] = [];
  for (let y = 0; y < code.size; y++) for (let x = 0; x < code.size; x++) if (code.get(x, y)) dots.push(`M${x} ${y}h1v1h-1z`);
  return { size: code.size, path: dots.join('') };
}
