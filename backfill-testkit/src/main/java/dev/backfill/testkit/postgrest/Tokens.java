package dev.backfill.testkit.postgrest;

import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.json.JsonTree;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Verifies JSON web tokens as PostgREST 12.0.2 does, with the same messages. */
final class Tokens {

  private static final String ANONYMOUS = "anon";
  private static final long MAX_CLOCK_SKEW_SECONDS = 30;

  private final ApiKeys keys;
  private final Clock clock;

  Tokens(ApiKeys keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * The caller of a request.
   *
   * @param role the role of the database
   * @param claims all claims, with the role
   * @param known false if the role is that of requests without a token
   */
  record Identity(String role, Map<String, @Nullable Object> claims, boolean known) {}

  Identity identity(Request request) throws RestError {
    String authorization = request.header("authorization");
    String token =
        authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
            ? authorization.substring(7).strip()
            : "";
    if (token.isEmpty()) {
      return new Identity(ANONYMOUS, Map.of("role", ANONYMOUS), false);
    }
    Map<String, @Nullable Object> claims = new LinkedHashMap<>(verified(token));
    Object role = claims.getOrDefault("role", ANONYMOUS);
    claims.put("role", role);
    return new Identity(String.valueOf(role), claims, !ANONYMOUS.equals(role));
  }

  private Map<String, @Nullable Object> verified(String token) throws RestError {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw RestError.unauthorized(
          "JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got "
              + parts.length
              + ")");
    }
    if (!"HS256".equals(json(parts[0]).get("alg"))) {
      throw RestError.unauthorized("JWSError JWSNoSignatures");
    }
    byte[] expected = keys.signature(parts[0] + "." + parts[1]).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(expected, parts[2].getBytes(StandardCharsets.UTF_8))) {
      throw RestError.unauthorized("JWSError JWSInvalidSignature");
    }
    Map<String, @Nullable Object> claims = json(parts[1]);
    checkTimes(claims);
    return claims;
  }

  private void checkTimes(Map<String, @Nullable Object> claims) throws RestError {
    long now = clock.instant().getEpochSecond();
    if (claims.get("exp") instanceof Long exp && now - MAX_CLOCK_SKEW_SECONDS > exp) {
      throw RestError.unauthorized("JWT expired");
    }
    if (claims.get("nbf") instanceof Long nbf && now + MAX_CLOCK_SKEW_SECONDS < nbf) {
      throw RestError.unauthorized("JWTNotYetValid");
    }
    if (claims.get("iat") instanceof Long iat && now + MAX_CLOCK_SKEW_SECONDS < iat) {
      throw RestError.unauthorized("JWTIssuedAtFuture");
    }
  }

  private static Map<String, @Nullable Object> json(String part) throws RestError {
    try {
      Map<String, @Nullable Object> fields = JsonTree.object(Base64.getUrlDecoder().decode(part));
      if (fields != null) {
        return fields;
      }
    } catch (IllegalArgumentException e) {
      // Not Base64, and so no JSON either.
    }
    throw RestError.unauthorized("JWSError (JSONDecodeError not a JSON object)");
  }
}
