/** Conversations that were marked as unread while they are open: they stay so until one leaves. */
export const keptUnread = new Set<string>();
