package dev.backfill.github.internal.transport;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The links of a Link header. GitHub asks clients to follow these and to build no page addresses.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api">GitHub:
 *     pagination</a>
 */
public final class LinkHeader {

  private static final Pattern ENTRY = Pattern.compile("<([^<>]*)>((?:[^,\"]++|\"[^\"]*+\")*+)");
  private static final Pattern PARAMETER =
      Pattern.compile(";\\s*+([^\\s=;,\"]++)\\s*+=\\s*+(?:\"([^\"]*+)\"|([^\\s;,\"]++))");

  private final Map<String, String> byRelation;
  private final URI from;

  private LinkHeader(Map<String, String> byRelation, URI from) {
    this.byRelation = byRelation;
    this.from = from;
  }

  public static LinkHeader of(List<String> headers, URI from) {
    Map<String, String> found = new HashMap<>();
    for (String header : headers) {
      Matcher entry = ENTRY.matcher(header);
      while (entry.find()) {
        Matcher parameter = PARAMETER.matcher(entry.group(2));
        while (parameter.find()) {
          if (parameter.group(1).equalsIgnoreCase("rel")) {
            String quoted = parameter.group(2);
            String names = quoted == null ? parameter.group(3) : quoted;
            for (String name : names.strip().toLowerCase(Locale.ROOT).split("\\s+")) {
              found.putIfAbsent(name, entry.group(1).strip());
            }
          }
        }
      }
    }
    return new LinkHeader(found, from);
  }

  /**
   * Returns the address with this relation, or null if there is none.
   *
   * @throws PermanentFailureException if the link is not an address: taken for the end of the list,
   *     it would lose the rest
   */
  public @Nullable URI get(String relation) {
    String target = byRelation.get(relation);
    try {
      return target == null ? null : from.resolve(target);
    } catch (IllegalArgumentException e) {
      throw new PermanentFailureException(
          Reason.INCOMPATIBLE,
          "GitHub's link to the "
              + relation
              + " page cannot be read, so the list cannot be followed. Stored items stay."
              + " Please report this.",
          null);
    }
  }
}
