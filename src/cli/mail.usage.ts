/** Help text of `latchkey mail`. */
export const MAIL_USAGE = `Usage: latchkey mail preview FOLDER [--kind KIND] [--locale LOCALE] [--json]

preview  Writes every mail in every language into FOLDER, as HTML and as plain text, with invented values: FOLDER/LOCALE/KIND.html and .txt,
         and an index.html beside them. With your own texts and templates of TEMPLATES_DIR, APP_NAME and brand; a folder that a server would
         refuse is refused here, too. Needs no database and sends nothing.
         --kind    only this mail, such as confirm-email
         --locale  only this language, such as pt-BR

  TEMPLATES_DIR=./templates latchkey mail preview /tmp/mails --locale de`;
