package dev.backfill.testkit.postgrest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.backfill.testkit.json.JsonTree;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of a simulated project, of both kinds: the JSON web tokens that a secret signs, and the
 * keys that only the gateway knows. Immutable.
 */
public final class ApiKeys {

  private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final long ISSUED_AT = 1_700_000_000L;
  private static final long EXPIRES_AT = 4_102_444_800L;

  private final String jwtSecret;

  private ApiKeys(String jwtSecret) {
    this.jwtSecret = jwtSecret;
  }

  /** Returns the keys of a project for tests. */
  public static ApiKeys ofDefaults() {
    return new ApiKeys("super-secret-jwt-token-with-at-least-32-characters-long");
  }

  /** Returns the secret that signs the tokens. */
  public String jwtSecret() {
    return jwtSecret;
  }

  /** Returns the legacy key of the service role, a token. */
  public String serviceRole() {
    return roleToken("service_role");
  }

  /** Returns the legacy key of browsers, a token. */
  public String anon() {
    return roleToken("anon");
  }

  /** Returns the key that the gateway replaces by a token of the service role. */
  public String secret() {
    return "sb_secret_" + signature("secret").substring(0, 31);
  }

  /** Returns the key that the gateway replaces by a token of {@code anon}. */
  public String publishable() {
    return "sb_publishable_" + signature("publishable").substring(0, 31);
  }

  /**
   * Returns a token that is valid for decades.
   *
   * @param role the role of the database; not null
   * @return the token
   */
  public String roleToken(String role) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", "supabase");
    claims.put("role", role);
    claims.put("iat", ISSUED_AT);
    claims.put("exp", EXPIRES_AT);
    return token(claims);
  }

  /**
   * Returns a token.
   *
   * @param claims its payload: texts, numbers, booleans, lists and maps
   * @return the token, signed with the secret of the project
   */
  public String token(Map<String, ?> claims) {
    StringWriter payload = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(payload)) {
      JsonTree.write(json, claims);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String signed = base64(HEADER) + "." + base64(payload.toString());
    return signed + "." + signature(signed);
  }

  /** Returns the signature of a token's first two parts. */
  String signature(String signed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(jwtSecret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "ApiKeys";
  }
}
