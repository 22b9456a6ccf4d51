/** Does something once the browser has nothing better to do; returns how to call it off. */
export function whenIdle(act: () => void): () => void {
  // Safari has no idle callbacks.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(act, 1500);
    return () => clearTimeout(timer);
  }
  const asked = window.requestIdleCallback(act, { timeout: 5000 });
  return () => window.cancelIdleCallback(asked);
}
