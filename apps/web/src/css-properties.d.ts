import 'react';

declare module 'react' {
  // Custom properties, through which a component hands one value to its styles.
  interface CSSProperties {
    [property: `--${string}`]: string | number | undefined;
  }
}
