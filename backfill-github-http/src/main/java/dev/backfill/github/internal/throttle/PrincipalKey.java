package dev.backfill.github.internal.throttle;

import dev.backfill.github.internal.transport.ApiAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Keys of principals for stores that others can read: half of a SHA-256. No token can be computed
 * from a key. The number of an account or installation can be found by trying all numbers, but it
 * only identifies the account.
 */
public final class PrincipalKey {

  private static final String DOMAIN = "backfill principal 1\n";
  private static final int CHARACTERS = 32;

  private PrincipalKey() {}

  /** Returns the key of a token's owner, as long as the owner is unknown. */
  public static String ofToken(String token) {
    return of("token", token);
  }

  /** Returns the key of an account of a server. */
  public static String ofUser(ApiAddress server, long id) {
    return of("user", server + "\n" + id);
  }

  /** Returns the key of an App's installation. */
  public static String ofInstallation(ApiAddress server, long number) {
    return of("installation", server + "\n" + number);
  }

  /** Returns the key of an App's only installation, as long as its number is unknown. */
  public static String ofOnlyInstallation(ApiAddress server, String app) {
    return of("only installation", server + "\n" + app);
  }

  /** Returns the key of an App itself, which requests tokens. */
  public static String ofApp(ApiAddress server, String app) {
    return of("app", server + "\n" + app);
  }

  private static String of(String kind, String identity) {
    try {
      byte[] text = (DOMAIN + kind + "\n" + identity).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return HexFormat.of().formatHex(hash).substring(0, CHARACTERS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
