import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Makes names searchable in any script. In databases with locale C, such as the embedded one in development, pg_trgm treats letters beyond
 * ASCII as punctuation, so that a search for `чехов` would scan every row.
 */
export class UserSearchScripts9010300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Replaces each letter beyond ASCII by upper-case letters, which a lower-case text cannot contain otherwise. If a text contains another
    // one, the converted texts do so as well. The reverse is not certain, so every search also compares the original text.
    await runner.query(`
      CREATE FUNCTION to_trigram_text(lower_case text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
      DECLARE
        letter text;
        result text := '';
      BEGIN
        IF octet_length(lower_case) = length(lower_case) THEN RETURN lower_case; END IF;
        FOREACH letter IN ARRAY string_to_array(lower_case, NULL) LOOP
          result := result || CASE WHEN ascii(letter) < 128 THEN letter
                                   ELSE translate(to_hex(ascii(letter)), '0123456789abcdef', 'ABCDEFGHIJKLMNOP') END;
        END LOOP;
        RETURN result;
      END $$`);
    await runner.query(`DROP INDEX ix_users_search`);
    await runner.query(`CREATE INDEX ix_users_search ON users USING gin (to_trigram_text(search) gin_trgm_ops)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_users_search`);
    await runner.query(`CREATE INDEX ix_users_search ON users USING gin (search gin_trgm_ops)`);
    await runner.query(`DROP FUNCTION to_trigram_text(text)`);
  }
}
