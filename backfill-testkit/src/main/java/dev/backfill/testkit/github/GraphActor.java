package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The author of something, in GraphQL. A bot's login has no {@code [bot]}, which REST adds. A
 * deleted account is null, where REST has the ghost.
 */
record GraphActor(Account account) implements GraphObject {

  static @Nullable GraphActor of(@Nullable Account account) {
    return account == null || account.equals(Accounts.GHOST) ? null : new GraphActor(account);
  }

  @Override
  public String typeName() {
    return account.type();
  }

  @Override
  public @Nullable Object field(String name, DataFetchingEnvironment query) {
    String path = Accounts.path(account);
    return switch (name) {
      case "id" -> "U_" + Long.toString(account.id(), 36);
      case "databaseId" -> GraphObject.databaseId(account.id());
      case "login" -> path.substring(path.lastIndexOf('/') + 1);
      case "url" -> "https://github.com" + path;
      case "resourcePath" -> path;
      case "avatarUrl" -> "https://avatars.githubusercontent.com/u/" + account.id() + "?v=4";
      default -> throw unknown(name);
    };
  }
}
