/**
 * What WordPress may have hashed of a password: its forms put a backslash before quotes and backslashes (`wp_magic_quotes`), its API and
 * command line do not, and it compares with either. Source: `wp_signon`, `reset_password`.
 */
export function slashedSpellings(password: string): readonly string[] {
  return [...new Set([password, password.replaceAll(/["'\\]/g, String.raw`\$&`)])];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' };

/**
 * What phpBB may have hashed: it escapes all that its forms take for HTML, passwords too; what scripts stored is as it was typed. Source:
 * `type_cast_helper::set_var` (`htmlspecialchars` with `ENT_COMPAT`).
 */
export function escapedSpellings(password: string): readonly string[] {
  return [...new Set([password.replaceAll(/[&"<>]/g, (letter) => ENTITIES[letter] ?? letter), password])];
}

/** Whether one of the spellings is right. Each costs a comparison. */
export async function someSpelling(spellings: readonly string[], isRight: (spelling: string) => Promise<boolean>): Promise<boolean> {
  for (const spelling of spellings) if (await isRight(spelling)) return true;
  return false;
}
