package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;
import org.jspecify.annotations.Nullable;

/** Some hundred accounts, the same in every repository. */
final class Accounts {

  /** The suffix that GitHub adds to the name of an app's bot. */
  static final String BOT_SUFFIX = "[bot]";

  static final Account GHOST = new Account(10137, "ghost", "User");
  private static final int USERS = 400;
  private static final Account[] BOTS = {
    new Account(49699333, "dependabot[bot]", "Bot"),
    new Account(29139614, "renovate[bot]", "Bot"),
    new Account(41898282, "github-actions[bot]", "Bot")
  };
  private static final String[] FIRST = {
    "quiet", "brisk", "amber", "lunar", "mossy", "noble", "polar", "rapid", "sunny", "tidal"
  };
  private static final String[] SECOND = {
    "otter", "falcon", "cedar", "badger", "comet", "heron", "lynx", "maple", "raven", "walrus"
  };

  private Accounts() {}

  /** Returns an author, or null if the account was deleted. */
  static @Nullable Account author(SeededRandom random, SeededRandom.Use use, long place) {
    int dice = random.below(100, SeededRandom.Use.AUTHOR, use.ordinal(), place);
    if (dice < 2) {
      return null;
    }
    if (dice < 4) {
      return GHOST;
    }
    long bits = random.bits(SeededRandom.Use.AUTHOR, use.ordinal() + 100, place);
    if (dice < 9) {
      return BOTS[(int) Math.floorMod(bits, (long) BOTS.length)];
    }
    // The smaller of two values, so that some accounts write much more than others.
    return user(Math.min((int) Math.floorMod(bits, (long) USERS), (int) (bits >>> 40) % USERS));
  }

  /** Returns the path of an account's page on GitHub; for a bot, that of its app. */
  static String path(Account account) {
    String login = account.login();
    return login.endsWith(BOT_SUFFIX)
        ? "/apps/" + login.substring(0, login.length() - BOT_SUFFIX.length())
        : "/" + login;
  }

  private static Account user(int index) {
    String login = FIRST[index % 10] + "-" + SECOND[index / 10 % 10] + "-" + index;
    String type =
        switch (index) {
          case 57 -> "Organization";
          case 91 -> "Mannequin";
          default -> "User";
        };
    return new Account(1_000_000L + index * 7919L, login, type);
  }
}
