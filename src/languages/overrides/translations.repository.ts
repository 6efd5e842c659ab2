import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { DatabaseService } from '../../database/database.service.js';
import { StoredTranslation } from './translation.entity.js';

/** Channel that tells nodes to read the texts of a locale again. */
export const TRANSLATIONS_CHANNEL = 'latchkey_translations';

/** The rows of texts: some hundred in a language at most. */
@Injectable()
export class TranslationsRepository {
  constructor(private readonly database: DatabaseService) {}

  findAll(locales: readonly string[]): Promise<StoredTranslation[]> {
    return this.translations.findBy({ locale: In([...locales]) });
  }

  find(locale: string, key: string): Promise<StoredTranslation | null> {
    return this.translations.findOneBy({ locale, key });
  }

  /** Runs `work` in a transaction, while nobody else edits texts. At its commit all nodes read those of the locale again. */
  edit<T>(locale: string, work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      // Nothing else keeps two administrators from adding the same text at once. Servers read meanwhile.
      await this.database.query('LOCK TABLE translations IN SHARE ROW EXCLUSIVE MODE');
      const result = await work();
      await this.database.query('SELECT pg_notify($1, $2)', [TRANSLATIONS_CHANNEL, locale]);
      return result;
    });
  }

  /** Stores a text, in the place of the one before. Call it within `edit`. */
  async replace(translation: Pick<StoredTranslation, 'locale' | 'key' | 'text' | 'updatedBy'>): Promise<void> {
    await this.delete(translation.locale, translation.key);
    await this.translations.insert(translation);
  }

  async delete(locale: string, key: string): Promise<void> {
    await this.translations.delete({ locale, key });
  }

  private get translations() {
    return this.database.repo(StoredTranslation);
  }
}
