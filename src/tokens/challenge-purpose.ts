/** What a code or link is good for; it is refused for anything else. */
export type ChallengePurpose = 'confirm-email' | 'reset-password';
