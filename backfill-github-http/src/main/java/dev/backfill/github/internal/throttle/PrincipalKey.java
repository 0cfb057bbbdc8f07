package dev.backfill.github.internal.throttle;

import dev.backfill.github.internal.transport.ApiAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Keys of principals for stores that others read: half of a SHA-256. No token can be worked out
 * from one. An account's or an installation's number can be guessed by trying all, which says no
 * more than who reads.
 */
public final class PrincipalKey {

  private static final String DOMAIN = "backfill principal 1\n";
  private static final int CHARACTERS = 32;

  private PrincipalKey() {}

  /** The key of whoever a token belongs to, as long as that is not known. */
  public static String ofToken(String token) {
    return of("token", token);
  }

  /** The key of an account of a server. */
  public static String ofUser(ApiAddress server, long id) {
    return of("user", server + "\n" + id);
  }

  /** The key of an App's installation. */
  public static String ofInstallation(ApiAddress server, long number) {
    return of("installation", server + "\n" + number);
  }

  /** The key of an App's only installation, as long as its number is not known. */
  public static String ofOnlyInstallation(ApiAddress server, String app) {
    return of("only installation", server + "\n" + app);
  }

  /** The key of an App itself, which asks for tokens. */
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
