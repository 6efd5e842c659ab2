import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Searching names in any script: in databases of locale C (ours in development) pg_trgm takes letters beyond ASCII for punctuation,
 * and would look at every row for `чехов`.
 */
export class UserSearchScripts9010300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A letter beyond ASCII becomes capitals, which stand nowhere else in a lower-case text: what contains a text before contains it
    // afterwards. The reverse does not hold, so whoever looks something up by this checks it against the text itself.
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
