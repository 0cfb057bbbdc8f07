package dev.backfill.testkit.github;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.backfill.api.history.Account;
import dev.backfill.api.history.Repository;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a plain list of a repository: its address, rows, order and JSON. All plain
 * lists share pages, links, tags, faults and {@linkplain SimulatedList changes}. Immutable.
 *
 * @param <R> the type of its rows, which are immutable values
 * @see RepositoryLists
 */
public abstract class RepositoryList<R> {

  /**
   * The values from which a list derives a new row.
   *
   * @param world the repository's values
   * @param place a place of the random numbers, unlike those of all other rows and lists
   * @param index the number of rows that were created before, deleted ones included
   * @param id an id for GitHub's {@code id}
   * @param at the time of creation, in whole seconds
   * @param isAdded true if a test adds the row; it then has no past
   */
  record NewRow(World world, long place, int index, long id, Instant at, boolean isAdded) {

    /** Returns a number from 0 to {@code bound - 1}; each detail has a number of its own. */
    int below(int bound, int detail) {
      return world.random().below(bound, SeededRandom.Use.LIST, place, detail);
    }

    /** Returns an author, or null if the account was deleted. */
    @Nullable Account author() {
      return Accounts.author(world.random(), SeededRandom.Use.LIST, place);
    }

    /** Returns a text with hard cases for programs. */
    String text() {
      return world.prose().comment(SeededRandom.Use.LIST, place);
    }
  }

  private final String path;
  private final Pattern item;
  private final int defaultCount;

  /**
   * Creates a definition.
   *
   * @param path the path within the repository, such as {@code /labels}
   * @param key the regular expression of an item's key in its address, percent-encoded
   * @param defaultCount the number of rows of a new repository
   */
  RepositoryList(String path, String key, int defaultCount) {
    this.path = path;
    this.item = Pattern.compile(Pattern.quote(path) + "/(" + key + ")");
    this.defaultCount = defaultCount;
  }

  /** Returns a new row. */
  abstract R create(NewRow row);

  /** Returns the field that names a row in its address; unique in the list. */
  abstract String key(R row);

  /** Returns a row with another text, which differs for each number of a change. */
  abstract R edit(R row, long change);

  /** Writes the fields of a row, which has this address in the API. */
  abstract void write(JsonGenerator json, R row, String url, Repository repository)
      throws IOException;

  /** Returns the order that a request asks for. */
  abstract Comparator<R> order(Map<String, String> query);

  /** Returns the filter that a request asks for. By default a list contains all rows. */
  Predicate<R> filter(Map<String, String> query) {
    return row -> true;
  }

  /** Returns a row that was changed at a time. By default a row has no time of change. */
  R touch(R row, Instant at) {
    return row;
  }

  /**
   * Returns the path within the repository.
   *
   * @return the path, with a slash at its start
   */
  public final String path() {
    return path;
  }

  final int defaultCount() {
    return defaultCount;
  }

  /**
   * Returns the kind of request for a path within the repository; {@code OTHER} if it is not of
   * this list.
   */
  final Endpoint endpoint(String rest) {
    if (rest.equals(path)) {
      return Endpoint.REPOSITORY_LIST;
    }
    return item.matcher(rest).matches() ? Endpoint.REPOSITORY_LIST_ITEM : Endpoint.OTHER;
  }

  /** Returns the key in the address of an item; null if no item can have that address. */
  final @Nullable String keyAt(String rest) {
    Matcher address = item.matcher(rest);
    if (!address.matches()) {
      return null;
    }
    try {
      // The plus sign is a space in a query only.
      return URLDecoder.decode(address.group(1).replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // A percent sign without two digits behind it names no item.
      return null;
    }
  }

  /** Writes a row as an object. */
  final void write(JsonGenerator json, R row, Repository repository, String api)
      throws IOException {
    // GitHub encodes spaces but no slashes in the address of a label such as "area/a store".
    String key =
        URLEncoder.encode(key(row), StandardCharsets.UTF_8)
            .replace("+", "%20")
            .replace("%2F", "/")
            .replace("%3A", ":");
    json.writeStartObject();
    write(json, row, api + "/repos/" + repository.fullName() + path + "/" + key, repository);
    json.writeEndObject();
  }
}
