package dev.backfill.github.internal.auth;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The private key of a GitHub App. Immutable; its texts never contain the key.
 *
 * @see <a
 *     href="https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app">GitHub:
 *     the JSON Web Token of an App</a>
 */
public final class AppKey {

  /** GitHub advises to issue tokens a minute in the past, for clocks that differ a little. */
  static final Duration CLOCK_SKEW = Duration.ofSeconds(60);

  /** GitHub accepts 10 minutes at most; one minute stays for clocks that differ. */
  static final Duration LIFETIME = Duration.ofMinutes(9);

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  /** The bytes in front of an RSA key in PKCS#8: version 0 and the algorithm's number. */
  private static final byte[] RSA_HEADER =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  private final PrivateKey key;

  private AppKey(PrivateKey key) {
    this.key = key;
  }

  /**
   * Parses a key.
   *
   * @param pem the text of GitHub's file (PKCS#1), or the same key as PKCS#8; line ends may be
   *     written as {@code \n}
   * @throws InvalidConfigurationException if it is not a key; the message does not repeat it
   */
  public static AppKey parse(String pem) {
    Matcher matcher = PEM.matcher(pem.replace("\\r", "").replace("\\n", "\n"));
    if (!matcher.find()) {
      throw invalid("it has no line \"-----BEGIN RSA PRIVATE KEY-----\" with its end");
    }
    String kind = matcher.group(1);
    if (kind.startsWith("ENCRYPTED") || matcher.group(2).contains("ENCRYPTED")) {
      throw invalid("it is protected by a password; decrypt it first");
    }
    boolean bare = kind.equals("RSA PRIVATE KEY");
    if (!bare && !kind.equals("PRIVATE KEY")) {
      throw invalid("it is a " + kind);
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(matcher.group(2).strip());
      byte[] encoded = bare ? wrapped(bytes) : bytes;
      return new AppKey(
          KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(encoded)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Without the cause, whose message describes bytes of the key.
      throw invalid("it is damaged, or no RSA key");
    }
  }

  private static InvalidConfigurationException invalid(String why) {
    return new InvalidConfigurationException(
        "The private key of the GitHub App cannot be used: "
            + why
            + ". Set the whole text of the .pem file that GitHub made for the App"
            + " (GITHUB_APP_PRIVATE_KEY or GITHUB_APP_PRIVATE_KEY_FILE).");
  }

  private static byte[] wrapped(byte[] rsa) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    inner.writeBytes(RSA_HEADER);
    inner.writeBytes(tagged(OCTET_STRING, rsa));
    return tagged(SEQUENCE, inner.toByteArray());
  }

  private static byte[] tagged(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else {
      int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
      out.write(0x80 | octets);
      for (int i = octets - 1; i >= 0; i--) {
        out.write(length >>> (8 * i));
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  /**
   * Creates a token that identifies the App for a few minutes.
   *
   * @param issuer the App's client id or number
   * @param now the time on GitHub's clock
   */
  public String token(String issuer, Instant now) {
    String claims =
        "{\"iat\":"
            + now.minus(CLOCK_SKEW).getEpochSecond()
            + ",\"exp\":"
            + now.plus(LIFETIME).getEpochSecond()
            + ",\"iss\":\""
            + issuer
            + "\"}";
    String signed = encoded("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + encoded(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + encoded(signature.sign());
    } catch (GeneralSecurityException e) {
      throw invalid("it cannot sign");
    }
  }

  private static String encoded(String text) {
    return encoded(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "***";
  }
}
