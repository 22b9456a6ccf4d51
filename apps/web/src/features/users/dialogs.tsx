// All that the pages of users ask: one part, fetched with the first dialog.
export { InviteDialog } from './invite-dialog.tsx';
export { UserDialog } from './user-dialogs.tsx';
