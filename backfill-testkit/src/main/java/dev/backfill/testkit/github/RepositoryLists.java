package dev.backfill.testkit.github;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.backfill.api.history.Account;
import dev.backfill.api.history.Repository;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The plain lists that a {@link SimulatedRepository} has. A further list is a further constant in
 * {@link #ALL}, with its row and its definition; nothing else changes.
 */
public final class RepositoryLists {

  /**
   * A label.
   *
   * @param id GitHub's number for it
   * @param name the name, which is its key; may contain any character
   * @param description the description, or null
   * @param color six hexadecimal digits
   * @param isDefault true if GitHub creates it with each repository
   */
  public record Label(
      long id, String name, @Nullable String description, String color, boolean isDefault) {}

  /**
   * A milestone.
   *
   * @param id GitHub's number for it
   * @param number the number within the repository, which is its key
   * @param title the title
   * @param description the description, or null
   * @param isOpen false if it is closed
   * @param creator the account, or null if it was deleted
   * @param openIssues the number of open issues and pull requests
   * @param closedIssues the number of closed issues and pull requests
   * @param createdAt time of creation
   * @param updatedAt time of the last change
   * @param closedAt time of closing, or null if it is open
   * @param dueOn the due date, or null
   */
  public record Milestone(
      long id,
      int number,
      String title,
      @Nullable String description,
      boolean isOpen,
      @Nullable Account creator,
      int openIssues,
      int closedIssues,
      Instant createdAt,
      Instant updatedAt,
      @Nullable Instant closedAt,
      @Nullable Instant dueOn) {

    /**
     * Returns the milestone after it was closed.
     *
     * @param at the time of closing, in whole seconds
     * @return a closed one, with the same time of the last change
     */
    public Milestone closed(Instant at) {
      return new Milestone(
          id,
          number,
          title,
          description,
          false,
          creator,
          openIssues,
          closedIssues,
          createdAt,
          updatedAt,
          at,
          dueOn);
    }

    private Milestone described(String text) {
      return new Milestone(
          id,
          number,
          title,
          text,
          isOpen,
          creator,
          openIssues,
          closedIssues,
          createdAt,
          updatedAt,
          closedAt,
          dueOn);
    }

    private Milestone updated(Instant at) {
      return new Milestone(
          id,
          number,
          title,
          description,
          isOpen,
          creator,
          openIssues,
          closedIssues,
          createdAt,
          at,
          closedAt,
          dueOn);
    }

    private double completeness() {
      int all = openIssues + closedIssues;
      return all == 0 ? 0 : (double) closedIssues / all;
    }
  }

  /** {@code /labels} and {@code /labels/{name}}: by name. */
  public static final RepositoryList<Label> LABELS = new Labels();

  /**
   * {@code /milestones} and {@code /milestones/{number}}: the open ones by due date, if no {@code
   * state}, {@code sort=due_on|completeness} or {@code direction} asks for others.
   */
  public static final RepositoryList<Milestone> MILESTONES = new Milestones();

  /** All plain lists. */
  public static final List<RepositoryList<?>> ALL = List.of(LABELS, MILESTONES);

  private RepositoryLists() {}

  /** Returns the list at a path within the repository, or above it; null without one. */
  static @Nullable RepositoryList<?> at(String rest) {
    for (RepositoryList<?> list : ALL) {
      if (list.endpoint(rest) != Endpoint.OTHER) {
        return list;
      }
    }
    return null;
  }

  private static final class Labels extends RepositoryList<Label> {

    private static final String[] NAMES = {
      "bug",
      "area/cursor store",
      "100% done",
      "🚀 release",
      "good first issue",
      "C++",
      "50%2Foff",
      "what?#1&x=y",
      "help wanted"
    };
    private static final Set<String> DEFAULTS = Set.of("bug", "good first issue", "help wanted");

    Labels() {
      // A name may contain slashes, which clients may encode.
      super("/labels", ".+", NAMES.length);
    }

    @Override
    Label create(NewRow row) {
      int index = row.index();
      String base = NAMES[index % NAMES.length];
      String name = index < NAMES.length ? base : base + " " + (index / NAMES.length + 1);
      return new Label(
          row.id(),
          name,
          row.below(4, 0) == 0 ? null : "Items about " + name,
          HexFormat.of().toHexDigits(row.below(1 << 24, 1), 6),
          !row.isAdded() && DEFAULTS.contains(name));
    }

    @Override
    String key(Label label) {
      return label.name();
    }

    @Override
    Label edit(Label label, long change) {
      return new Label(
          label.id(), label.name(), "Changed by " + change, label.color(), label.isDefault());
    }

    @Override
    Comparator<Label> order(Map<String, String> query) {
      return Comparator.comparing(Label::name, String.CASE_INSENSITIVE_ORDER)
          .thenComparing(Label::name);
    }

    @Override
    void write(JsonGenerator json, Label label, String url, Repository repository)
        throws IOException {
      json.writeNumberField("id", label.id());
      json.writeStringField("node_id", "LA_" + Long.toString(label.id(), 36));
      json.writeStringField("url", url);
      json.writeStringField("name", label.name());
      Json.text(json, "description", label.description());
      json.writeStringField("color", label.color());
      json.writeBooleanField("default", label.isDefault());
    }
  }

  private static final class Milestones extends RepositoryList<Milestone> {

    Milestones() {
      super("/milestones", "\\d{1,9}", 4);
    }

    @Override
    Milestone create(NewRow row) {
      int number = row.index() + 1;
      Instant at = row.at();
      boolean isOpen = row.isAdded() || number % 3 != 2;
      Instant closedAt = isOpen ? null : at.plus(1 + row.below(60, 0), ChronoUnit.DAYS);
      Instant changedAt = row.isAdded() ? at : at.plus(row.below(400, 1), ChronoUnit.HOURS);
      Instant dueOn = at.plus(30 + row.below(300, 2), ChronoUnit.DAYS);
      return new Milestone(
          row.id(),
          number,
          "v0." + number,
          row.below(4, 3) == 0 ? null : row.text(),
          isOpen,
          row.author(),
          row.isAdded() ? 0 : row.below(20, 4),
          row.isAdded() ? 0 : row.below(20, 5),
          at,
          closedAt == null ? changedAt : closedAt,
          closedAt,
          number % 4 == 3 ? null : dueOn.truncatedTo(ChronoUnit.DAYS).plus(8, ChronoUnit.HOURS));
    }

    @Override
    String key(Milestone milestone) {
      return Integer.toString(milestone.number());
    }

    @Override
    Milestone edit(Milestone milestone, long change) {
      return milestone.described("Changed by " + change);
    }

    @Override
    Milestone touch(Milestone milestone, Instant at) {
      Instant next = milestone.updatedAt().plusSeconds(1);
      return milestone.updated(at.isAfter(next) ? at : next);
    }

    @Override
    Predicate<Milestone> filter(Map<String, String> query) {
      String state = query.getOrDefault("state", "open");
      return milestone -> state.equals("all") || state.equals(state(milestone));
    }

    // As a database sorts them: milestones without a due date are first, and last in reverse.
    @Override
    Comparator<Milestone> order(Map<String, String> query) {
      Comparator<Milestone> order =
          "completeness".equals(query.get("sort"))
              ? Comparator.comparing(Milestone::completeness)
              : Comparator.comparing(
                  Milestone::dueOn, Comparator.nullsFirst(Comparator.naturalOrder()));
      Comparator<Milestone> total = order.thenComparing(Milestone::number);
      return "desc".equals(query.get("direction")) ? total.reversed() : total;
    }

    @Override
    void write(JsonGenerator json, Milestone milestone, String url, Repository repository)
        throws IOException {
      json.writeStringField("url", url);
      json.writeStringField("html_url", repository.htmlUrl() + "/milestone/" + milestone.number());
      json.writeStringField("labels_url", url + "/labels");
      json.writeNumberField("id", milestone.id());
      json.writeStringField("node_id", "MI_" + Long.toString(milestone.id(), 36));
      json.writeNumberField("number", milestone.number());
      json.writeStringField("title", milestone.title());
      Json.text(json, "description", milestone.description());
      Json.account(json, "creator", milestone.creator());
      json.writeNumberField("open_issues", milestone.openIssues());
      json.writeNumberField("closed_issues", milestone.closedIssues());
      json.writeStringField("state", state(milestone));
      Json.time(json, "created_at", milestone.createdAt());
      Json.time(json, "updated_at", milestone.updatedAt());
      Json.time(json, "due_on", milestone.dueOn());
      Json.time(json, "closed_at", milestone.closedAt());
    }

    private static String state(Milestone milestone) {
      return milestone.isOpen() ? "open" : "closed";
    }
  }
}
