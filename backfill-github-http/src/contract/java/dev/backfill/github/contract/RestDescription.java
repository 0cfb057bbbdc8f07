package dev.backfill.github.contract;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.LevelResolver;
import com.atlassian.oai.validator.report.ValidationReport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** GitHub's OpenAPI description of its REST API. */
final class RestDescription {

  static final String REPOSITORY = "/repos/{owner}/{repo}";

  /** Of GitHub's 800 paths those that we have to do with; the others would cost seconds. */
  static final Set<String> PATHS =
      Set.of(
          REPOSITORY,
          REPOSITORY + "/pulls",
          REPOSITORY + "/pulls/{pull_number}",
          REPOSITORY + "/pulls/{pull_number}/reviews",
          REPOSITORY + "/pulls/comments",
          REPOSITORY + "/pulls/comments/{comment_id}",
          REPOSITORY + "/issues/comments",
          REPOSITORY + "/issues/comments/{comment_id}",
          REPOSITORY + "/issues",
          REPOSITORY + "/issues/{issue_number}",
          REPOSITORY + "/issues/{issue_number}/comments",
          REPOSITORY + "/labels",
          REPOSITORY + "/labels/{name}",
          REPOSITORY + "/milestones",
          REPOSITORY + "/milestones/{milestone_number}",
          REPOSITORY + "/actions/workflows/{workflow_id}/dispatches",
          REPOSITORY + "/actions/workflows/{workflow_id}/runs",
          REPOSITORY + "/actions/runs/{run_id}",
          REPOSITORY + "/installation",
          "/app/installations",
          "/app/installations/{installation_id}/access_tokens",
          "/user",
          "/rate_limit");

  /** Where GitHub answers other than it describes, and the simulation does as GitHub. */
  private static final List<Pattern> UNDESCRIBED =
      List.of(
          // A fork that was deleted, and one whose owner was.
          Pattern.compile("\\.schema\\.type: \\[Path '(/\\d+)?/head/(repo|user)'\\].*\\(null\\).*"),
          // Described as a user and an enterprise in one, in the list of installations only.
          Pattern.compile("\\.schema\\.allOf: \\[Path '/\\d+/account'\\].*only 1 out of 2.*"),
          // A changed issue is described as an issue with suggestions; without any it is an issue.
          Pattern.compile("\\.schema\\.allOf: Instance failed.*only 1 out of 2"),
          // Described as possible in the list of pull requests, and not in one of them.
          Pattern.compile("\\.schema\\.type: \\[Path '/user'\\].*\\(null\\).*"));

  /** Where a request may be other than the description says, as GitHub's documentation has it. */
  private static final List<Pattern> UNDESCRIBED_REQUESTS =
      List.of(
          // The name of a workflow's file is as good as its number.
          Pattern.compile("\\.schema\\.invalidJson: .*Unrecognized token '[a-z]+'"),
          // A range of dates, in the syntax of a search.
          Pattern.compile("\\.format\\.date-time: String \">=\\d{4}-.*Z\" is invalid"));

  private static @Nullable RestDescription shared;

  private final OpenApiInteractionValidator validator;

  private RestDescription(JsonNode description) {
    validator =
        OpenApiInteractionValidator.createForInlineApiSpecification(description.toString())
            .withLevelResolver(
                LevelResolver.create()
                    .withDefaultLevel(ValidationReport.Level.ERROR)
                    .withLevel(
                        "validation.request.parameter.query.unexpected",
                        ValidationReport.Level.ERROR)
                    .build())
            .build();
  }

  static synchronized RestDescription get() {
    if (shared == null) {
      try {
        JsonNode whole =
            new ObjectMapper().readTree(Path.of(System.getProperty("contract.openapi")).toFile());
        shared = new RestDescription(reduced((ObjectNode) whole));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return shared;
  }

  /** What is wrong with a request, a line each; empty when nothing is. */
  List<String> wrongWith(RestRequest request) {
    SimpleRequest.Builder builder =
        new SimpleRequest.Builder(request.method(), request.describedPath());
    request.query().forEach(builder::withQueryParam);
    if (request.body() != null) {
      builder.withContentType("application/json").withBody(request.body());
    }
    return lines(validator.validateRequest(builder.build())).stream()
        .filter(line -> UNDESCRIBED_REQUESTS.stream().noneMatch(each -> each.matcher(line).find()))
        .toList();
  }

  /** What is wrong with an answer, a line each; empty when nothing is. */
  List<String> wrongWith(
      String method, String path, int status, Map<String, String> headers, String body) {
    SimpleResponse.Builder builder = SimpleResponse.Builder.status(status);
    headers.forEach(builder::withHeader);
    if (!body.isEmpty()) {
      builder.withBody(body);
    }
    return lines(validator.validateResponse(path, Request.Method.valueOf(method), builder.build()))
        .stream()
        .filter(line -> UNDESCRIBED.stream().noneMatch(known -> known.matcher(line).find()))
        .toList();
  }

  private static List<String> lines(ValidationReport report) {
    return report.getMessages().stream()
        .filter(message -> message.getLevel() == ValidationReport.Level.ERROR)
        .map(message -> message.getKey() + ": " + message.getMessage())
        .distinct()
        .toList();
  }

  private static JsonNode reduced(ObjectNode description) {
    ((ObjectNode) description.get("paths")).retain(PATHS);
    ObjectNode components = (ObjectNode) description.get("components");
    ObjectNode kept = description.objectNode();
    Deque<String> open = new ArrayDeque<>(references(description.get("paths")));
    while (!open.isEmpty()) {
      String[] name = open.pop().split("/", -1);
      ObjectNode group = kept.withObjectProperty(name[2]);
      if (!group.has(name[3])) {
        JsonNode component = components.path(name[2]).path(name[3]);
        group.set(name[3], component);
        open.addAll(references(component));
      }
    }
    description.set("components", kept);
    description.remove("x-webhooks");
    description.findValues("responses").forEach(RestDescription::loosen);
    loosen(kept.path("schemas"));
    return description;
  }

  /**
   * Takes out what answers need not hold: the simulated GitHub sends the fields that are read, and
   * what it does send must be right. With that, kinds of one thing cannot be told apart, and the
   * first is meant: of the accounts with an app a user's, of users oneself.
   */
  private static void loosen(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.path("required").isArray()) {
        object.remove("required");
      }
      for (String choice : List.of("anyOf", "oneOf")) {
        JsonNode first = object.path(choice).path(0).path("$ref");
        if (first.isTextual()) {
          object.removeAll();
          object.set("$ref", first);
        }
      }
    }
    node.forEach(RestDescription::loosen);
  }

  private static Set<String> references(JsonNode node) {
    return new TreeSet<>(node.findValuesAsText("$ref"));
  }
}
