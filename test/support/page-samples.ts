import { CATALOGUE } from '../../src/capabilities.js';
import type { TextName, Views } from '../../src/common/declared.js';
import type { Settings } from '../../src/config/settings.js';
import type { Locale } from '../../src/languages/locales.js';
import { PageRenderer } from '../../src/look/page-renderer.js';
import { lifetimeInWords } from '../../src/mail/lifetime.js';
import { momentInWords } from '../../src/mail/moment.js';
import { LANGUAGES, LOOK } from './written-mails.js';

/** As long as people's addresses get, in one word. */
const address = 'maximiliana-alexandrine.von-und-zu-hohensteinxxxxxxxx@example.com';
const RETURN_LINKS = [null, { href: 'https://app.example.com/welcome', host: 'app.example.com' }] as const;
const BOTH = [true, false] as const;
const form = { action: '/account/x', token: 'x', minPasswordLength: 15 };
const nothingWrong = { problems: [], passwordProblem: null, newPasswordProblem: null, factorProblem: null };

/** The pages without the start page, which is for developers. */
type Shown = Exclude<keyof Views, 'start'>;

type Samples = { [Name in Shown]: readonly Views[Name][] };

/** What failures with a page of their own say: a heading, and one sentence or more. */
const FAILURES = [
  ...new Map(Object.values(CATALOGUE.errors).flatMap(({ page }) => (page === undefined ? [] : [[page.title, page]]))).values(),
];

/** Every state of every page in a language; a page without states does not compile. */
function samplesIn(locale: Locale): Samples {
  const say = (key: TextName, values: object = {}): string => LANGUAGES.text(locale, key, { ...values });
  /** With something wrong with a field. */
  const wrong = (field: string, key: TextName, values: object = {}) => {
    const detail = say(key, values);
    return { ...nothingWrong, problems: [{ field, detail }], [`${field}Problem`]: detail };
  };
  const noPassword = wrong('password', 'page.shared.password-wrong');
  const badNewPassword = wrong('newPassword', 'rule.password.personal');
  const shortNewPassword = wrong('newPassword', 'rule.password.too_short', { min: 15 });
  const badFactor = wrong('factor', 'page.shared.factor-wrong');
  const wait = lifetimeInWords(24 * 3_600_000, locale);
  const moment = momentInWords(new Date('2026-03-01T09:30:00Z'), locale);
  const undoings = [
    'page.disavow.undo-authenticator',
    'page.disavow.undo-identity',
    'page.disavow.undo-recovery-codes',
    'page.disavow.undo-mobile',
  ] as const;
  const undone = [
    'page.disavowed.authenticator',
    'page.disavowed.identity',
    'page.disavowed.recovery-codes',
    'page.disavowed.mobile',
    'page.disavowed.nothing-left',
    'page.disavowed.only-factor',
    'page.disavowed.only-factor-until',
  ] as const;
  return {
    'confirm-email': BOTH.flatMap((canTakeOver) =>
      [nothingWrong, noPassword, badNewPassword].map((problem) => ({ ...form, address, canTakeOver, ...problem })),
    ),
    'email-confirmed': BOTH.flatMap((tookOver) => RETURN_LINKS.map((returnLink) => ({ address, tookOver, returnLink }))),
    'confirm-new-email': [nothingWrong, noPassword].map((problem) => ({ ...form, address, ...problem })),
    'new-email-confirmed': RETURN_LINKS.map((returnLink) => ({ address, returnLink })),
    'undo-email-change': [nothingWrong, shortNewPassword].map((problem) => ({ ...form, address, ...problem })),
    'email-change-undone': BOTH.map((passwordSet) => ({ address, passwordSet })),
    'reset-password': [
      ...[nothingWrong, badNewPassword].map((problem) => ({ needsFactor: false, waitAction: null, ...problem })),
      ...[nothingWrong, badFactor].map((problem) => ({ needsFactor: true, waitAction: '/account/x', ...problem })),
    ].map((state) => ({ ...form, address, wait, ...state })),
    'password-reset': RETURN_LINKS.map((returnLink) => ({ returnLink })),
    'reset-delayed': RETURN_LINKS.map((returnLink) => ({ address, wait, returnLink })),
    'stop-reset': [{ ...form, address }],
    'reset-stopped': [{ address }],
    'delete-account': [
      { username: null, needsFactor: false, ...nothingWrong },
      { username: 'maximiliana.von.hohenstein.12345', needsFactor: true, ...badFactor },
    ].map((state) => ({ ...form, address, ...state })),
    'account-deleted': RETURN_LINKS.map((returnLink) => ({ address, returnLink })),
    disavow: [null, ...undoings].map((undoing, index) => ({
      ...form,
      address,
      told: say('mail.authenticator-added.subject', { appName: LOOK.APP_NAME }),
      undoing,
      locks: index === 0,
    })),
    disavowed: [null, ...undone].flatMap((each) =>
      [
        { resetMailed: true, isElsewhere: false },
        { resetMailed: false, isElsewhere: true },
        { resetMailed: false, isElsewhere: false },
      ].map((next) => ({ address, undone: each, moment, ...next })),
    ),
    'disavowed-before': [{}],
    'sign-in-code': ['app.example.com', null].map((host) => ({ ...form, address, code: '0482 1356', host, problems: [] })),
    'signed-in-here': RETURN_LINKS.map((returnLink) => ({ address, returnLink })),
    'signed-in-partly': RETURN_LINKS.map((returnLink) => ({ address, returnLink })),
    invitation: [
      { hasAccount: true, mailsCodes: true, ...nothingWrong },
      { hasAccount: false, mailsCodes: true, ...nothingWrong },
      { hasAccount: false, mailsCodes: false, ...wrong('password', 'rule.password.breached') },
    ].map((state) => ({ ...form, address, ...state })),
    'invitation-accepted': [
      { hadAccount: true, passwordSet: false },
      { hadAccount: false, passwordSet: true },
      { hadAccount: false, passwordSet: false },
    ].map((state) => ({ address, ...state })),
    failure: [
      ...FAILURES.map(({ title, advice }) => ({ title: say(title), advice: advice.map((key) => say(key)), reference: null })),
      { title: say('page.failure.fault'), advice: [say('page.failure.fault-advice')], reference: '01a1fd01-e327-7005-8788-9b6cc98afebf' },
      { title: say('page.failure.title'), advice: [say('error.request.precondition_failed')], reference: null },
    ],
  };
}

const RENDERER = new PageRenderer({ ...LOOK, DEFAULT_LOCALE: 'en' } as unknown as Settings, CATALOGUE, LANGUAGES);

/** Every page behind a mailed link in every state, as HTML. */
export function pagesIn(locale: Locale): { name: string; html: string }[] {
  const samples = samplesIn(locale);
  return (Object.keys(samples) as Shown[]).flatMap((name) =>
    samples[name].map((view, index) => ({ name: `${name} ${index + 1}`, html: RENDERER.render(name, view as never, locale).html })),
  );
}
