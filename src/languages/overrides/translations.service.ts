import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import type { AuditAction } from '../../common/declared.js';
import { PreconditionFailedError } from '../../common/errors.js';
import { Languages } from '../languages.service.js';
import { type Locale, SOURCE_LOCALE, isLocale } from '../locales.js';
import type { TextKey } from '../texts.js';
import { TranslationNotFoundError, UnknownKeyError, UnknownLocaleError } from './errors.js';
import { KnownTranslations } from './known-translations.service.js';
import { demandText, placeholdersOf, problemOf } from '../text-rules.js';
import type { Translation, TranslationName } from './translation.js';
import type { StoredTranslation } from './translation.entity.js';
import { TranslationsRepository } from './translations.repository.js';

/** The administrator who makes a change. */
interface TranslationActor {
  actorId: string;
  caller: Caller;
}

/** The texts of the server, as administrators change them. */
@Injectable()
export class TranslationsService {
  /** By English text: parsing all of them takes some ten milliseconds. */
  private readonly placeholders = new Map<string, readonly string[]>();

  constructor(
    private readonly translations: TranslationsRepository,
    private readonly known: KnownTranslations,
    private readonly languages: Languages,
    private readonly audit: AuditService,
  ) {}

  /** Every text of a language, by key. @throws UnknownLocaleError */
  async list(tag: string): Promise<Translation[]> {
    const locale = toLocale(tag);
    const own = new Map((await this.translations.findAll([locale])).map((row) => [row.key, row]));
    return this.languages.keys.map((key) => this.toTranslation({ locale, key }, own.get(key)));
  }

  /** @throws UnknownLocaleError, UnknownKeyError */
  async get(tag: string, name: string): Promise<Translation> {
    const which = this.toName(tag, name);
    return this.toTranslation(which, await this.translations.find(which.locale, which.key));
  }

  /**
   * Puts a text in the place of the shipped one. This server uses it when the promise resolves, the others within a second.
   * @throws UnknownLocaleError, UnknownKeyError, InvalidRequestError, PreconditionFailedError
   */
  async put(tag: string, name: string, written: string, actor: TranslationActor, versions?: readonly number[]): Promise<Translation> {
    const which = this.toName(tag, name);
    const text = demandText(written, { ...which, english: this.englishOf(which.key) });
    const stored = await this.translations.edit(which.locale, async () => {
      const now = await this.translations.find(which.locale, which.key);
      demandVersion(now, versions);
      if (now?.text === text) return now;
      await this.translations.replace({ ...which, text, updatedBy: actor.actorId });
      await this.record('translation.changed', which, actor);
      return this.translations.find(which.locale, which.key);
    });
    await this.known.reload(which.locale);
    return this.toTranslation(which, stored);
  }

  /** Has the shipped text used again. @throws UnknownLocaleError, UnknownKeyError, TranslationNotFoundError, PreconditionFailedError */
  async delete(tag: string, name: string, actor: TranslationActor, versions?: readonly number[]): Promise<void> {
    const which = this.toName(tag, name);
    await this.translations.edit(which.locale, async () => {
      const now = await this.translations.find(which.locale, which.key);
      if (now === null) throw new TranslationNotFoundError();
      demandVersion(now, versions);
      await this.translations.delete(which.locale, which.key);
      await this.record('translation.deleted', which, actor);
    });
    await this.known.reload(which.locale);
  }

  private record(action: AuditAction, { locale, key }: TranslationName, { actorId, caller }: TranslationActor): Promise<void> {
    return this.audit.record({ action, outcome: 'success', actorId, subjectId: null, caller, details: { locale, key } });
  }

  private toName(tag: string, name: string): TranslationName {
    const locale = toLocale(tag);
    if (!this.languages.has(name)) throw new UnknownKeyError();
    return { locale, key: name };
  }

  private toTranslation({ locale, key }: TranslationName, own: StoredTranslation | null | undefined): Translation {
    const english = this.englishOf(key);
    const shipped = this.languages.shippedText(locale, key);
    const placeholders = this.placeholders.get(english) ?? placeholdersOf(english);
    this.placeholders.set(english, placeholders);
    const text = { locale, key, english, shipped, placeholders };
    return { ...text, own: own == null ? null : { ...own, problem: problemOf(own.text, { key, locale, english }) } };
  }

  private englishOf(key: TextKey): string {
    return this.languages.shippedText(SOURCE_LOCALE, key) ?? '';
  }
}

function toLocale(tag: string): Locale {
  if (!isLocale(tag)) throw new UnknownLocaleError();
  return tag;
}

/** Without a text of one's own there is no version that an edit could be based on. */
function demandVersion(now: StoredTranslation | null, versions: readonly number[] | undefined): void {
  if (versions !== undefined && (now === null || !versions.includes(now.version))) throw new PreconditionFailedError();
}
