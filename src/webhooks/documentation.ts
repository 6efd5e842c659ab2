export const WEBHOOK_ID = { name: 'id', format: 'uuid', description: 'The webhook.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' };

/** How recent the proof of an administrator is who has events sent elsewhere, or reads a secret, seconds. */
export const FRESH_SECONDS = 300;
