/** A request of each provider, shortened, for the documentation. */
export const REPORT_EXAMPLES = {
  ses: {
    summary: 'Amazon SES: a message of Amazon SNS',
    value: {
      Type: 'Notification',
      MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
      TopicArn: 'arn:aws:sns:eu-west-1:123456789012:mail',
      Message:
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"ada@example.com","diagnosticCode":"smtp; 550 5.1.1 no such mailbox"}]},"mail":{"headers":[{"name":"Message-ID","value":"<019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11@shop.example>"}]}}',
      Timestamp: '2026-03-01T09:30:00.000Z',
      SignatureVersion: '1',
      Signature: 'EXAMPLEw6JRN…',
      SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-010a507c1833636cd94bdb98bd93083a.pem',
    },
  },
  postmark: {
    summary: 'Postmark: a bounce',
    value: {
      RecordType: 'Bounce',
      Type: 'HardBounce',
      Email: 'ada@example.com',
      From: 'no-reply@shop.example',
      Details: '550 5.1.1 no such mailbox',
      BouncedAt: '2026-03-01T09:30:00Z',
      Metadata: { 'latchkey-mail': '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' },
    },
  },
  sendgrid: {
    summary: 'SendGrid: a list of events',
    value: [
      {
        event: 'bounce',
        type: 'bounce',
        email: 'ada@example.com',
        timestamp: 1_772_357_400,
        'smtp-id': '<019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11@shop.example>',
        reason: '550 5.1.1 no such mailbox',
        status: '5.1.1',
      },
    ],
  },
  mailgun: {
    summary: 'Mailgun: a failure',
    value: {
      signature: { timestamp: '1772357400', token: 'c1a2…', signature: '9f86d0818…' },
      'event-data': {
        event: 'failed',
        severity: 'permanent',
        recipient: 'ada@example.com',
        'delivery-status': { code: 550, message: '5.1.1 no such mailbox' },
        message: { headers: { 'message-id': '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11@shop.example' } },
      },
    },
  },
  resend: {
    summary: 'Resend: a bounce',
    value: {
      type: 'email.bounced',
      created_at: '2026-03-01T09:30:00.000Z',
      data: {
        email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
        from: 'Shop <no-reply@shop.example>',
        to: ['ada@example.com'],
        bounce: { type: 'Permanent', subType: 'General', message: '550 5.1.1 no such mailbox' },
      },
    },
  },
} as const;
