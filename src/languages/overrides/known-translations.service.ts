import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DatabaseFeed } from '../../database/feed/database-feed.service.js';
import { Languages } from '../languages.service.js';
import { LOCALES, type Locale, SOURCE_LOCALE, isLocale } from '../locales.js';
import { problemOf } from '../text-rules.js';
import type { StoredTranslation } from './translation.entity.js';
import { TRANSLATIONS_CHANNEL, TranslationsRepository } from './translations.repository.js';

/** Pause after a failed read, ms. */
const RETRY_MS = 1_000;

/**
 * The texts of the database in the memory of this node, from where `Languages` takes them: no text needs a query. The node reads those of a
 * locale again when any node reports a change, and all of them after every connect.
 */
@Injectable()
export class KnownTranslations implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Translations');
  private readonly texts = new Map<Locale, ReadonlyMap<string, string>>();
  /** Locales whose texts may have changed since they were read. */
  private readonly due = new Set<Locale>();
  private reading: Promise<void> = Promise.resolve();
  /** The read that has not begun yet. */
  private next: Promise<void> | undefined;
  private retrying: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly translations: TranslationsRepository,
    private readonly languages: Languages,
    private readonly feed: DatabaseFeed,
  ) {}

  onModuleInit(): void {
    this.languages.overlay('database', (locale, key) => this.texts.get(locale)?.get(key) ?? null);
    this.feed.subscribe({
      channel: TRANSLATIONS_CHANNEL,
      // A node of another version may know more languages.
      received: (locale) => void (isLocale(locale) && this.reload(locale)),
      catchUp: () => this.read(...(Object.keys(LOCALES) as Locale[])),
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retrying);
    await this.reading;
  }

  /** Reads the texts of these locales. Never fails: this node keeps those it knows and tries again soon. */
  async reload(...locales: readonly Locale[]): Promise<void> {
    try {
      await this.read(...locales);
    } catch (error) {
      this.logger.warn(`The texts of the database could not be read: ${(error as Error).message}`);
      clearTimeout(this.retrying);
      if (!this.stopped) this.retrying = setTimeout(() => void this.reload(), RETRY_MS).unref();
    }
  }

  /** Reads after the running read, whose result may be older than the cause of this one. Those who wait for the next read share it. */
  private read(...locales: readonly Locale[]): Promise<void> {
    for (const locale of locales) this.due.add(locale);
    this.next ??= this.reading.then(() => {
      this.next = undefined;
      return this.load();
    });
    this.reading = this.next.catch(() => {});
    return this.next;
  }

  private async load(): Promise<void> {
    const locales = [...this.due];
    if (this.stopped || locales.length === 0) return;
    this.due.clear();
    try {
      const rows = await this.translations.findAll(locales);
      for (const locale of locales) {
        const sound = rows.filter((row) => row.locale === locale && this.isSound(locale, row));
        this.texts.set(locale, new Map(sound.map(({ key, text }) => [key, text])));
      }
    } catch (error) {
      for (const locale of locales) this.due.add(locale);
      throw error;
    }
  }

  /** Whether this version of the server can use the text; each is looked at once. */
  private isSound(locale: Locale, { key, text }: StoredTranslation): boolean {
    if (this.texts.get(locale)?.get(key) === text) return true;
    const english = this.languages.has(key) ? this.languages.shippedText(SOURCE_LOCALE, key) : null;
    const problem = english === null ? 'There is no text with this key.' : problemOf(text, { key, locale, english });
    if (problem !== null) this.logger.warn({ msg: 'A text of the database is not used', key, locale, reason: problem });
    return problem === null;
  }
}
