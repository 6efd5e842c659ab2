import type { Move } from './move.js';
import type { Peer } from './peer.js';

/** The role of everybody who registers. WooCommerce has one of its own. */
const COMMON_ROLES = ['subscriber', 'customer'];

/** WordPress: `wp user list`, or the table `wp_users` as CSV. Source: wp-cli's `user list`, WordPress' `wp-admin/includes/schema.php`. */
export const WORDPRESS: Peer = {
  name: 'WordPress',
  options: {},
  read(move: Move): void {
    if (move.flag('deleted') === true) return move.leaveOut('deleted users');
    move.identify(move.text('ID', 'id'));
    // WordPress mails a link at the registration and does not keep whether somebody used it.
    move.email(move.text('user_email'), false);
    const login = move.text('user_login');
    move.username(login);
    const createdAt = move.time('user_registered');
    move.set({ createdAt, activatedAt: createdAt ?? true });
    move.set({ firstName: move.text('first_name'), lastName: move.text('last_name') });
    move.locale(move.text('locale'));
    const shown = move.text('display_name');
    move.meta('displayName', shown === login ? null : shown);
    for (const name of ['nickname', 'description', 'user_url', 'url']) {
      const value = move.text(name);
      if (value !== login) move.meta(name === 'user_url' ? 'url' : name, value);
    }
    for (const role of move.list('roles')) if (!COMMON_ROLES.includes(String(role))) move.note('role.left_out', String(role));
    if (move.flag('spam') === true) move.disable('Marked as spam in WordPress');
    move.password(move.text('user_pass'), 'the export has none: name user_pass in --fields');
    // Made from the login, never used, or of the site's own.
    move.ignore('user_nicename', 'user_activation_key', 'user_status', 'caps', 'cap_key', 'allcaps', 'filter', 'site_id');
  },
};
