package dev.backfill.github.internal.graphql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.Repository;
import dev.backfill.github.internal.api.GraphQlResponse;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.RepositoryResolver;
import dev.backfill.github.internal.transport.GraphQlError;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Queries about one repository, under its present name. Thread-safe. */
final class RepositoryQuery {

  private static final Set<String> REFUSALS =
      Set.of("FORBIDDEN", "INSUFFICIENT_SCOPES", "UNAUTHORIZED", "SAML_FAILURE");
  private static final Set<String> MISTAKES =
      Set.of("INVALID_CURSOR_ARGUMENTS", "EXCESSIVE_PAGINATION", "MISSING_PAGINATION_BOUNDARIES");

  private final OpenRepository repository;

  RepositoryQuery(OpenRepository repository) {
    this.repository = repository;
  }

  /**
   * GitHub's data about the repository.
   *
   * @param repository its part of the response; missing if there is none
   * @param errors the missing parts
   * @param bytes the size of the response's text
   * @param at GitHub's time of the response; null if there was none
   * @param overload the failure if too large a request may be the reason for missing data, or null
   * @param refusal the failure if parts are missing only because they may not be read or are
   *     unknown; null if none are
   */
  record Result(
      JsonNode repository,
      List<GraphQlError> errors,
      long bytes,
      @Nullable Instant at,
      @Nullable TransientFailureException overload,
      @Nullable PermanentFailureException refusal) {}

  /**
   * Sends a query.
   *
   * @param query the text; it has the variables {@code owner} and {@code name}
   * @param variables the others
   * @throws PermanentFailureException if the repository cannot be read
   */
  Result run(String query, Map<String, ?> variables, RequestBudget budget)
      throws InterruptedException {
    Result stated = runOnce(query, variables, budget);
    if (isNotFound(stated)) {
      String before = repository.current().fullName();
      // Fails if its number is gone, too.
      repository.refresh(budget);
      if (!repository.current().fullName().equals(before)) {
        stated = runOnce(query, variables, budget);
      }
      if (isNotFound(stated)) {
        throw failure(Reason.NOT_FOUND, stated.errors());
      }
    }
    return stated;
  }

  private static boolean isNotFound(Result stated) {
    return stated.errors().stream()
        .anyMatch(error -> error.type().equals("NOT_FOUND") && error.path().size() == 1);
  }

  private Result runOnce(String query, Map<String, ?> variables, RequestBudget budget)
      throws InterruptedException {
    Repository current = repository.current();
    Map<String, Object> all = new HashMap<>(variables);
    all.put("owner", current.owner());
    all.put("name", current.name());
    GraphQlResponse response = repository.api().query(query, all, budget);
    if (response.overload() != null) {
      return new Result(
          MissingNode.getInstance(), List.of(), response.bytes(), null, response.overload(), null);
    }
    for (GraphQlError error : response.errors()) {
      // An error further down concerns one item, and the other items are unaffected.
      boolean aboutAll = error.path().size() <= 2;
      if (aboutAll && REFUSALS.contains(error.type())) {
        throw failure(Reason.FORBIDDEN, response.errors());
      }
      if (aboutAll && MISTAKES.contains(error.type())) {
        throw failure(Reason.INVALID_REQUEST, response.errors());
      }
    }
    PermanentFailureException refusal = refusal(response);
    if (refusal != null && !response.data().path("repository").isObject()) {
      throw refusal;
    }
    JsonNode found = response.data().path("repository");
    check(found, budget);
    boolean nothing = !found.isObject();
    return new Result(
        found,
        response.errors(),
        response.bytes(),
        response.at(),
        nothing || response.errors().stream().anyMatch(GraphQlError::isAboutSize)
            ? unanswered(response)
            : null,
        refusal);
  }

  /**
   * Returns the refusal if all errors are refusals and none is about size. A server that does not
   * know the requested fields, such as an older one, sends no data at all.
   */
  private @Nullable PermanentFailureException refusal(GraphQlResponse response) {
    List<GraphQlError> errors = response.errors();
    if (errors.isEmpty() || errors.stream().anyMatch(GraphQlError::isAboutSize)) {
      return null;
    }
    boolean unread = response.data().isMissingNode();
    boolean forbidden = errors.stream().allMatch(error -> REFUSALS.contains(error.type()));
    boolean unknown =
        errors.stream().allMatch(error -> unread || !error.code().isEmpty() || isMistake(error));
    return forbidden
        ? failure(Reason.FORBIDDEN, errors)
        : unknown ? failure(Reason.INVALID_REQUEST, errors) : null;
  }

  private static boolean isMistake(GraphQlError error) {
    return MISTAKES.contains(error.type()) || REFUSALS.contains(error.type());
  }

  /** Checks the repository's number, since its name may belong to another one by now. */
  private void check(JsonNode found, RequestBudget budget) throws InterruptedException {
    JsonNode id = found.path("databaseId");
    if (id.isIntegralNumber() && id.longValue() != repository.id()) {
      throw RepositoryResolver.identityChanged(
          repository.current().fullName(), id.longValue(), repository.id());
    }
    String name = found.path("nameWithOwner").asText("");
    if (!name.isEmpty() && !name.equals(repository.current().fullName())) {
      repository.refresh(budget);
    }
  }

  private static TransientFailureException unanswered(GraphQlResponse response) {
    return new TransientFailureException(
        "GitHub's response to a query lacks the requested data"
            + quoted(response.errors())
            + (response.requestId().isEmpty() ? "" : " (request " + response.requestId() + ")")
            + ". Stored items stay. Trying again is safe.",
        null);
  }

  private PermanentFailureException failure(Reason reason, List<GraphQlError> errors) {
    String advice =
        switch (reason) {
          case NOT_FOUND ->
              "It does not exist or the token cannot see it: check the name and what the token may"
                  + " read.";
          case FORBIDDEN ->
              "The token may not read this. Give it the permission, set another token, or read by REST"
                  + " (--transport auto or rest).";
          default ->
              "Trying again does not help: read by REST instead (--transport rest), and please"
                  + " report this.";
        };
    return new PermanentFailureException(
        reason,
        "GitHub refuses a query about "
            + repository.current().fullName()
            + quoted(errors)
            + ". Stored items stay. "
            + advice,
        null);
  }

  private static String quoted(List<GraphQlError> errors) {
    return errors.isEmpty() ? "" : " (\"" + errors.get(0).message() + "\")";
  }
}
