package dev.backfill.api.history;

/**
 * Somebody who wrote something: a user, a bot, an organisation. Where the account was deleted,
 * items have no account (null) or GitHub's placeholder {@code ghost}.
 *
 * @param id GitHub's number for it; 64 bits
 * @param login its name at the time of reading; not blank
 * @param type {@code User}, {@code Bot}, {@code Organization} or {@code Mannequin}, as GitHub says
 * @see <a href="https://docs.github.com/en/rest/users/users">GitHub: users</a>
 */
public record Account(long id, String login, String type) {}
