package dev.backfill.testkit.postgrest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import dev.backfill.testkit.json.JsonTree;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for PostgREST 12.0.2, as far as functions are called by POST. Each call is one
 * transaction of the role that the token names. A test holds it against the real one.
 */
final class PostgrestStandIn implements Upstream {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final String SCHEMA = "public";
  private static final String FUNCTIONS = "/rpc/";

  private final Tokens tokens;
  private final ConnectionPool connections;
  private final List<String> violations = new CopyOnWriteArrayList<>();

  PostgrestStandIn(DataSource authenticator, ApiKeys keys) {
    this.connections = new ConnectionPool(authenticator);
    this.tokens = new Tokens(keys, Clock.systemUTC());
  }

  @Override
  public Response answer(Request request) throws InterruptedException {
    try {
      Tokens.Identity caller = tokens.identity(request);
      return call(request, caller);
    } catch (RestError e) {
      return e.response();
    }
  }

  @Override
  public List<String> violations() {
    return List.copyOf(violations);
  }

  @Override
  public void close() {
    try {
      connections.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Response call(Request request, Tokens.Identity caller)
      throws RestError, InterruptedException {
    if (!request.path().startsWith(FUNCTIONS)
        || request.path().indexOf('/', FUNCTIONS.length()) >= 0) {
      return Response.json(404, "{}".getBytes(StandardCharsets.UTF_8));
    }
    String function = request.path().substring(FUNCTIONS.length());
    RequestBody body = checked(request, function);
    if (body.scalar()) {
      return answered("[]");
    }
    try {
      Functions.Match match =
          connections.transaction(
              connection -> Functions.find(connection, SCHEMA, function, body.keys()));
      if (match.returnsSet()) {
        violations.add(function + " returns a set, which PostgREST cuts after db-max-rows");
        throw RestError.of(500, "SIMULATION", "The stand-in calls no functions that return sets.");
      }
      @Nullable String answer =
          connections.<@Nullable String>transaction(
              connection -> run(connection, request, match, body, caller));
      Response response = answer == null ? Response.json(204, new byte[0]) : answered(answer);
      String profile = request.header("content-profile");
      return profile == null ? response : response.with("Content-Profile", profile);
    } catch (ConnectionPool.Unreachable e) {
      throw SqlStates.unreachable(String.valueOf(e.getMessage()));
    } catch (ConnectionPool.ConnectionLost e) {
      throw SqlStates.connectionLost();
    } catch (SQLException e) {
      throw translated(e, function, caller);
    }
  }

  /** Returns the body of a request that PostgREST would run. */
  private static RequestBody checked(Request request, String function) throws RestError {
    String profile = request.header("content-profile");
    if (profile != null && !profile.equals(SCHEMA)) {
      throw RestError.of(406, "PGRST106", "The schema must be one of the following: " + SCHEMA);
    }
    switch (request.method()) {
      case "POST" -> {}
      case "GET", "HEAD", "OPTIONS" ->
          throw RestError.of(
              404,
              "PGRST202",
              "Could not find the function "
                  + SCHEMA
                  + "."
                  + function
                  + " without parameters in the schema cache",
              "Searched for the function "
                  + SCHEMA
                  + "."
                  + function
                  + " without parameters, but no matches were found in the schema cache.",
              null);
      default ->
          throw RestError.of(
              405, "PGRST101", "Cannot use the " + request.method() + " method on RPC");
    }
    String accept = request.header("accept");
    if (accept != null && !accept.contains("*/*") && !accept.contains("application/json")) {
      throw RestError.of(415, "PGRST107", "None of these media types are available: " + accept);
    }
    String type = request.header("content-type");
    if (type != null && !type.startsWith("application/json")) {
      throw RestError.of(
          404,
          "PGRST202",
          "Could not find the function " + SCHEMA + "." + function + " in the schema cache",
          "Searched for the function "
              + SCHEMA
              + "."
              + function
              + " with a single unnamed text parameter, but no matches were found in the schema"
              + " cache.",
          null);
    }
    return RequestBody.parse(request.body());
  }

  private @Nullable String run(
      Connection connection,
      Request request,
      Functions.Match match,
      RequestBody body,
      Tokens.Identity caller)
      throws SQLException {
    isolate(connection, match.settings().get("default_transaction_isolation"));
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("search_path", "\"public\", \"public\"");
    settings.putAll(settingsOf(connection, caller.role()));
    settings.put("role", caller.role());
    settings.put("request.jwt.claims", json(caller.claims()));
    settings.put("request.method", request.method());
    settings.put("request.path", request.path());
    settings.put("request.headers", json(request.headers()));
    settings.put("request.cookies", "{}");
    settings.putAll(match.settings());
    apply(connection, settings);
    try (PreparedStatement statement = connection.prepareStatement(match.sql())) {
      statement.setString(1, body.text());
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        if (match.returnsVoid()) {
          return null;
        }
        String answer = rows.getString(1);
        return answer == null ? "null" : answer;
      }
    }
  }

  /** Begins with the level that the function names, or else with the default of PostgREST. */
  private static void isolate(Connection connection, @Nullable String level) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET TRANSACTION ISOLATION LEVEL "
              + switch (level == null ? "" : level) {
                case "serializable" -> "SERIALIZABLE";
                case "repeatable read" -> "REPEATABLE READ";
                default -> "READ COMMITTED";
              });
    }
  }

  /** Returns the settings of a role, which would not apply without a login. */
  private static Map<String, String> settingsOf(Connection connection, String role)
      throws SQLException {
    Map<String, String> settings = new LinkedHashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT unnest(s.setconfig) FROM pg_catalog.pg_db_role_setting s"
                + " JOIN pg_catalog.pg_roles r ON r.oid = s.setrole"
                + " WHERE r.rolname = ? AND s.setdatabase = 0")) {
      statement.setString(1, role);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String setting = rows.getString(1);
          int equals = setting.indexOf('=');
          settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
      }
    }
    return settings;
  }

  /** Applies settings until the end of the transaction, all of them by one statement. */
  private static void apply(Connection connection, Map<String, String> settings)
      throws SQLException {
    String each = "set_config(?, ?, true), ".repeat(settings.size());
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT " + each.substring(0, each.length() - 2))) {
      int i = 1;
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        statement.setString(i++, setting.getKey());
        statement.setString(i++, setting.getValue());
      }
      statement.executeQuery().close();
    }
  }

  private RestError translated(SQLException failure, String function, Tokens.Identity caller) {
    ServerError error = ServerError.of(failure);
    if (error == null) {
      throw new IllegalStateException(failure);
    }
    if (error.state().equals("40001")) {
      violations.add(
          "40001 left " + function + ", and PostgREST before 16 repeats such a call for ever");
    }
    return SqlStates.answer(error, caller.known());
  }

  private static Response answered(String json) {
    return Response.json(200, json.getBytes(StandardCharsets.UTF_8)).with("Content-Range", "0-0/*");
  }

  private static String json(Map<String, ?> fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      JsonTree.write(json, fields);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
