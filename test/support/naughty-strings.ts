const repeat = (text: string, times: number): string => text.repeat(times);

/** Text that has broken programs before: one of each kind. After the Big List of Naughty Strings (minimaxir). */
export const NAUGHTY_STRINGS: readonly string[] = [
  // Nothing, and what looks like nothing
  '', ' ', '\t', '\n', '\r\n', '\u00A0', '\u200B', '\u2028', '\u2029', '\u3000', '\uFEFF', '\u00AD', '\u180E',
  // What PostgreSQL cannot store, and what no text may hold
  '\u0000', 'a\u0000b', '\uD800', '\uDFFF', '\uDC00\uD800', 'a\uD83D', '\uFFFE', '\uFFFF', '\u{10FFFF}',
  // Control characters, terminals
  '\u0001\u0002\u0008\u000B\u001F\u007F', '\u0085', '\u009B31m', '\u001B[31mred\u001B[0m', '\u001B]0;title\u0007', 'bell\u0007', 'back\bspace',
  // Words of programming languages
  'null', 'NULL', 'undefined', 'NaN', 'Infinity', 'true', 'nil', 'None', 'constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'then', 'length',
  // Numbers
  '0', '-1', '1/0', '1e309', '2147483648', '9223372036854775808', '0x7fffffff', '1,000', '٠١٢٣', '１２３', '+', '-', '.', '123456', '000000',
  // SQL
  "'", '"', "' OR '1'='1", "'; DROP TABLE users; --", "1' UNION SELECT password_hash FROM users --", '%', '_', '\\', "\\'", '$1', '$$', '::text', "' || pg_sleep(5) || '", '/*', '--',
  // Templates, shells, formats, paths
  '{{7*7}}', '${7*7}', '<%= 7*7 %>', '#{7*7}', '{{#with this}}{{/with}}', '{{> layout}}', '%s%s%s%n', '%d', '`id`', '$(id)', '| id', '; id', '../../etc/passwd', '..\\..\\', 'C:\\con', '/dev/null', 'file:///etc/passwd', '~', '*', 'a'.concat('/'.repeat(50)),
  // Markup, LDAP, XML, headers
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><svg/onload=alert(1)>', 'javascript:alert(1)', '&lt;b&gt;', '<!--', ']]>', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', '*)(uid=*', 'a\r\nBcc: evil@example.com', 'a%0d%0aSet-Cookie: a=b', '=cmd|\' /C calc\'!A0',
  // Scripts of the world, direction, width, case
  'מִצְרַיִם', 'العربية', '\u202Etxt.exe', '\u2067abc\u2069', 'ﷺ', 'ß', 'ẞ', 'ı', 'İ', 'ſ', '\u212A', '\u212B', '\u2126', 'ǆ', 'ﬃ', 'Ⅷ', 'Ω', 'ά', '田中さん', '찦차를', 'ＡＢＣ', '🄰🄱🄲', 'аdmin', 'a\u0301', '\u0301', 'ṩ', 's\u0323\u0307',
  // Emoji and marks
  '😀', '👩‍👩‍👧‍👦', '👍🏿', '🇨🇭', '🇨', '❤️', '0️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞', `a${repeat('\u0301', 500)}`, repeat('👩‍👩‍👧‍👦', 20),
  // Addresses that are none, or several
  '@', 'a@', '@a', 'a@b', 'a@b@c.test', '"a@evil x"@ok.test', 'a@ok.test,b@ok.test', 'a@ok.test;b@ok.test', 'A <a@ok.test>', 'group: a@ok.test;', 'a(comment)@ok.test', 'a@[127.0.0.1]', 'a@localhost', 'a..b@ok.test', 'a@ok..test', 'a@-ok.test', 'a@xn--.test', 'a@xn--a.test', `${repeat('a', 65)}@ok.test`, `a@${repeat('b', 64)}.test`, `a@${repeat('b.', 120)}test`, 'ä@ok.test', 'a@ökay.test', 'a@ok.test\n', 'a@\u202Eok.test', 'a@ok。test',
  // Size
  repeat('a', 254), repeat('a', 255), repeat('a', 256), repeat('a', 1_024), repeat('a', 1_025), repeat('😀', 5_000), repeat('\u0301', 5_000), repeat('\\', 5_000), repeat(' ', 20_000), repeat('a.', 10_000), repeat('a@', 10_000), repeat('+1 ', 5_000), repeat('%00', 5_000),
  // Tokens that are none
  'lkr_', `lkr_${repeat('A', 78)}`, `lkr_${repeat('_', 78)}`, repeat('A', 54), repeat('-', 54), 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.', '..', 'Bearer', 'Bearer ', 'Basic YTpi', '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11', '00000000-0000-0000-0000-000000000000',
  // Language tags
  'en-', '-', 'x', 'i-klingon', 'de-CH-1996', 'en-u-ca-buddhist', 'art-lojban', 'zz-ZZ', 'en_US', 'a-DE', `en-x-${repeat('a', 30)}`,
];
