import type { EntityManager } from '@mikro-orm/postgresql';
import webPush from 'web-push';
import { PushKey } from '@countersign/domain/messages/push-subscription';
import type { MessageSettings } from '../settings.ts';
import type { Ports } from './delivery.ts';
import { mailPort } from './mail.ts';
import { pushPort } from './push.ts';
import { smsPort } from './sms.ts';

/** The ports that the settings describe, and how to let go of them. */
export async function portsOf(
  em: EntityManager,
  settings: MessageSettings,
): Promise<{ readonly ports: Ports; readonly close: () => void }> {
  const { publicUrl, smtpUrl, mailFrom, sms, push } = settings;
  const mail = smtpUrl !== null && mailFrom !== null ? mailPort({ smtpUrl, from: mailFrom, publicUrl }) : null;
  const keys = await pushKeys(em, push !== null);
  return {
    ports: {
      ...(mail && { mail: mail.send }),
      ...(sms && { sms: smsPort({ ...sms, publicUrl }) }),
      ...(push && { push: pushPort({ ...push, ...keys }) }),
    },
    close: () => mail?.close(),
  };
}

/**
 * The key pair by which push services know this server, made at the first start that wants one: browsers are tied to
 * it, so it stays. While push is not set up no page offers it.
 */
async function pushKeys(em: EntityManager, active: boolean): Promise<Pick<PushKey, 'publicKey' | 'privateKey'>> {
  const context = em.fork();
  const known = await context.findOne(PushKey, { id: 1 });
  if (known) {
    known.active = active;
    await context.flush();
    return known;
  }
  const made = webPush.generateVAPIDKeys();
  if (!active) return made;
  // Two nodes may start at once: the first one's key holds.
  await context.upsert(PushKey, { id: 1, ...made, active }, { onConflictAction: 'ignore' });
  return context.fork().findOneOrFail(PushKey, { id: 1 });
}
