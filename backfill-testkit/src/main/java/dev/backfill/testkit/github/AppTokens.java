package dev.backfill.testkit.github;

import dev.backfill.api.time.TimeSource;
import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import dev.backfill.testkit.json.JsonTree;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The issuer of tokens for an app that proves its identity. Safe for any number of threads. */
final class AppTokens {

  private static final long MAX_JWT_SECONDS = 600;
  private static final long SKEW_SECONDS = 60;
  private static final long OWNER = 7_000_000;

  private final TimeSource time;
  private final @Nullable SimulatedApp app;
  private final Map<String, Instant> ends = new ConcurrentHashMap<>();
  private final AtomicLong issued = new AtomicLong();

  AppTokens(TimeSource time, @Nullable SimulatedApp app) {
    this.time = time;
    this.app = app;
  }

  /** Returns true if a token was issued here, whether it is still valid or not. */
  boolean knows(String token) {
    return ends.containsKey(token);
  }

  boolean isGood(String token) {
    Instant end = ends.get(token);
    return end != null && time.now().isBefore(end);
  }

  /** Returns the principal of the app. */
  String principal() {
    return app == null ? "" : "installation:" + app.installationId();
  }

  /** Answers a request that is signed by the app. */
  Response respond(Request request, Route route) {
    String problem = app == null ? "Integration not found" : problem(app, request.token());
    if (app == null || problem != null) {
      return ErrorResponses.message(401, String.valueOf(problem));
    }
    boolean asksForToken = route.endpoint() == Endpoint.INSTALLATION_TOKEN;
    if (!request.method().equals(asksForToken ? "POST" : "GET")) {
      return Resources.notFound();
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    if (!asksForToken) {
      fields.put("id", app.installationId());
      fields.put("app_id", app.id());
      fields.put("account", Map.of("id", OWNER, "login", "sim", "type", "Organization"));
      fields.put("repository_selection", "all");
      return json(200, route.endpoint() == Endpoint.INSTALLATIONS ? List.of(fields) : fields);
    }
    if (route.id() != app.installationId()) {
      return Resources.notFound();
    }
    String token = String.format(Locale.ROOT, "ghs_%036d", issued.incrementAndGet());
    Instant end = time.now().plus(app.tokenLife()).truncatedTo(ChronoUnit.SECONDS);
    ends.put(token, end);
    fields.put("token", token);
    fields.put("expires_at", end);
    fields.put("permissions", Map.of("metadata", "read", "pull_requests", "read"));
    fields.put("repository_selection", "all");
    return json(201, fields);
  }

  private static Response json(int status, Object value) {
    return Response.json(status, Json.bytes(json -> JsonTree.write(json, value)));
  }

  /** Returns the reason to refuse a JWT; null if it is valid. */
  private @Nullable String problem(SimulatedApp known, @Nullable String jwt) {
    String[] parts = jwt == null ? new String[0] : jwt.split("\\.");
    if (parts.length != 3 || !isSigned(known, parts)) {
      return "A JSON web token could not be decoded";
    }
    Map<String, @Nullable Object> claims = decoded(parts[1]);
    String issuer = String.valueOf(claims.get("iss"));
    if (!issuer.equals(Long.toString(known.id())) && !issuer.equals(known.clientId())) {
      return "Integration not found";
    }
    long now = time.now().getEpochSecond();
    if (!(claims.get("exp") instanceof Long end) || end <= now) {
      return "'Expiration time' claim ('exp') must be a numeric value representing the future time"
          + " at which the assertion expires";
    }
    if (end > now + MAX_JWT_SECONDS) {
      return "'Expiration time' claim ('exp') is too far in the future";
    }
    if (!(claims.get("iat") instanceof Long begin) || begin > now + SKEW_SECONDS) {
      return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion"
          + " was issued";
    }
    return null;
  }

  private static boolean isSigned(SimulatedApp known, String[] parts) {
    try {
      if (!"RS256".equals(decoded(parts[0]).get("alg"))) {
        return false;
      }
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(known.key());
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static Map<String, @Nullable Object> decoded(String part) {
    try {
      return JsonTree.fields(JsonTree.object(Base64.getUrlDecoder().decode(part)));
    } catch (IllegalArgumentException e) {
      return Map.of();
    }
  }
}
