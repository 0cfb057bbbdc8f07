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

/** Asks about one repository, by the name that it has at the moment. Safe for many threads. */
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
   * What GitHub says about the repository.
   *
   * @param repository the part of the answer about it; missing when there is none
   * @param errors what is missing from it
   * @param bytes the size of the answer's text
   * @param at GitHub's time when it was so; null when there is none
   * @param overload why it may be missing because too much was asked for, or null
   * @param refusal what is missing since it may not be read, or is not known, and for no other
   *     reason; null when nothing is
   */
  record Result(
      JsonNode repository,
      List<GraphQlError> errors,
      long bytes,
      @Nullable Instant at,
      @Nullable TransientFailureException overload,
      @Nullable PermanentFailureException refusal) {}

  /**
   * Asks.
   *
   * @param query the text; it has the variables {@code owner} and {@code name}
   * @param variables the others
   * @throws PermanentFailureException when the repository cannot be read
   */
  Result run(String query, Map<String, ?> variables, RequestBudget budget)
      throws InterruptedException {
    Result stated = runOnce(query, variables, budget);
    if (isNotFound(stated)) {
      String before = repository.current().fullName();
      // Fails when it is gone by its number, too.
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
      // Further down it is about an item, and the others are as good as ever.
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
   * What is missing since it is refused: each error says so, and none is about size. A server that
   * does not know what the query asks for, as an older one may not, sends no data at all.
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

  /** The number is what a repository is; its name may be somebody else's by now. */
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
        "GitHub's answer to a query lacks what was asked for"
            + quoted(response.errors())
            + (response.requestId().isEmpty() ? "" : " (request " + response.requestId() + ")")
            + "; what is stored is kept, and trying again is safe",
        null);
  }

  private PermanentFailureException failure(Reason reason, List<GraphQlError> errors) {
    String advice =
        switch (reason) {
          case NOT_FOUND ->
              "it does not exist or the token cannot see it: check the name and what the token may"
                  + " read";
          case FORBIDDEN ->
              "the token may not read this: give it the permission or another token, or read by REST"
                  + " (--transport auto or rest)";
          default ->
              "asking again does not help: read by REST instead (--transport rest), and please"
                  + " report this";
        };
    return new PermanentFailureException(
        reason,
        "GitHub refuses a query about "
            + repository.current().fullName()
            + quoted(errors)
            + "; what is stored is kept; "
            + advice,
        null);
  }

  private static String quoted(List<GraphQlError> errors) {
    return errors.isEmpty() ? "" : " (\"" + errors.get(0).message() + "\")";
  }
}
