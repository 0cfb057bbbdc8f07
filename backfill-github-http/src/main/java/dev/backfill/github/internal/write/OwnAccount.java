package dev.backfill.github.internal.write;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The account of the client's credential: a user, or the bot of an App or a workflow. Any user may
 * write an issue with the marker, so that only issues of this account count. Thread-safe.
 *
 * @see <a href="https://docs.github.com/en/rest/users/users#get-the-authenticated-user">GitHub: the
 *     authenticated user</a>
 */
final class OwnAccount {

  private static final String VIEWER = "query { viewer { login } }";
  private static final String BOT = "[bot]";

  private final Writer writer;
  private final Set<Long> ids = ConcurrentHashMap.newKeySet();
  private volatile @Nullable String login;

  OwnAccount(Writer writer) {
    this.writer = writer;
  }

  /**
   * Returns the account's login, which is fetched once.
   *
   * @return the login as in issues; null if GitHub does not return it
   */
  @Nullable String login() throws InterruptedException {
    String known = login;
    if (known == null) {
      known = user();
      known = known == null ? bot() : known;
      login = known;
    }
    return known;
  }

  private @Nullable String user() throws InterruptedException {
    try {
      JsonNode user = writer.get("/user");
      String name = user.path("login").asText("");
      long id = user.path("id").asLong(0);
      if (id < 1 || name.isEmpty()) {
        throw writer.incomplete("/user");
      }
      ids.add(id);
      return name;
    } catch (PermanentFailureException e) {
      // The token of an installation or a workflow belongs to no user.
      if (e.reason() == Reason.FORBIDDEN || e.reason() == Reason.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  private @Nullable String bot() throws InterruptedException {
    String name = writer.query(VIEWER).path("viewer").path("login").asText("");
    return name.isEmpty() ? null : name.endsWith(BOT) ? name : name + BOT;
  }

  /** Stores the author of an issue that the client has just created. */
  void created(JsonNode issue) {
    long id = issue.path("user").path("id").asLong(0);
    if (id > 0) {
      ids.add(id);
    }
  }

  /** Returns true if the account wrote an issue; false also if that is unknown. */
  boolean wrote(JsonNode issue) {
    JsonNode user = issue.path("user");
    String name = login;
    return ids.contains(user.path("id").asLong(0))
        || name != null
            && name.endsWith(BOT)
            && name.equalsIgnoreCase(user.path("login").asText(""))
            && user.path("type").asText("").equals("Bot");
  }
}
