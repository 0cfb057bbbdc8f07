package dev.backfill.api.job;

import java.util.regex.Pattern;

/**
 * A place where jobs run.
 *
 * @param name from 1 to 50 lower-case letters, digits and hyphens
 */
public record Destination(String name) {

  // Before the constants, whose constructor needs it.
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,50}");

  /** The processes of the host, where a manager runs jobs unless it is set otherwise. */
  public static final Destination LOCAL = new Destination("local");

  /** The runners of GitHub Actions; a workflow dispatch starts them. */
  public static final Destination GITHUB_ACTIONS = new Destination("github-actions");

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it has other characters, or too many
   */
  public Destination {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "destination is \""
              + name
              + "\"; it must have 1 to 50 lower-case letters, digits and hyphens");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
