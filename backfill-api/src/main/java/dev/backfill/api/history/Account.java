package dev.backfill.api.history;

/**
 * The account of an author: a user, a bot or an organisation. Items of a deleted account have no
 * account (null) or GitHub's placeholder {@code ghost}.
 *
 * @param id GitHub's id; 64 bits
 * @param login the name at the time of reading; not blank
 * @param type {@code User}, {@code Bot}, {@code Organization} or {@code Mannequin}, in GitHub's
 *     words
 * @see <a href="https://docs.github.com/en/rest/users/users">GitHub: users</a>
 */
public record Account(long id, String login, String type) {}
