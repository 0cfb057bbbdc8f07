package dev.backfill.supabase.internal.http;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.io.IOException;
import java.util.Base64;

/** A key of a project. It is in no text, and only {@link HttpTransport} reads it. */
public final class ApiKey {

  /** The first characters of a JWT: an open brace and a quote, in Base64. */
  private static final String JWT = "eyJ";

  private static final String SECRET_KEY =
      " Use a secret key (sb_secret_...) or the service_role key from the dashboard, under Project"
          + " Settings > API Keys.";

  private final String value;

  private ApiKey(String value) {
    this.value = value;
  }

  /**
   * Reads a key.
   *
   * @param text a secret key ({@code sb_secret_...}) or the {@code service_role} key, a JWT
   * @throws InvalidConfigurationException if it certainly has not the rights of the service role
   */
  public static ApiKey of(String text) {
    String key = text.strip();
    if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw invalid("is empty or contains characters that no key has");
    }
    if (key.startsWith("sb_publishable_")) {
      throw invalid("is a publishable key, which may not write progress");
    }
    String role = role(key);
    if (role.equals("anon") || role.equals("authenticated")) {
      throw invalid("is of the role " + role + ", which may not write progress");
    }
    return new ApiKey(key);
  }

  /** Returns the role of a JWT, which the server checks; empty if the text contains none. */
  private static String role(String key) {
    String[] parts = key.split("\\.", -1);
    if (!key.startsWith(JWT) || parts.length != 3) {
      return "";
    }
    try {
      String role =
          JsonValue.parse(Base64.getUrlDecoder().decode(parts[1])).get("role").textOrNull();
      return role == null ? "" : role;
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      // The server decides about a key that cannot be read here.
      return "";
    }
  }

  private static InvalidConfigurationException invalid(String problem) {
    return new InvalidConfigurationException(
        "The project's key (SUPABASE_SERVICE_ROLE_KEY or SUPABASE_SECRET_KEY) "
            + problem
            + ". Nothing was sent."
            + SECRET_KEY);
  }

  /**
   * Returns true if it is a JWT, which is sent as a bearer token, too; other keys give 401 there.
   */
  boolean isToken() {
    return value.startsWith(JWT);
  }

  /** Returns the value of a header. */
  String header() {
    return value;
  }

  /** Returns the text without this key. */
  String redact(String text) {
    return text.replace(value, "***");
  }

  @Override
  public String toString() {
    return "***";
  }
}
