package dev.backfill.github.internal.json;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object to keep; all others are skipped without being built. Each has an index.
 * Immutable.
 */
public final class FieldPlan {

  private final Map<String, Field> byName = new HashMap<>();
  private final Map<String, Field> byPath = new HashMap<>();

  private FieldPlan() {}

  /** Knowledge about a field's texts. */
  enum Kind {
    /** None. */
    ANY,
    /** The texts are times. */
    TIME,
    /** The same texts repeat, such as the names of accounts. */
    REPEATED
  }

  /**
   * A field to keep.
   *
   * @param path its path from the outermost object, such as {@code user.login}
   * @param index the index of its value
   * @param kind the kind of its texts
   * @param within the plan for its own fields, or null to keep none
   */
  record Field(String path, int index, Kind kind, @Nullable FieldPlan within) {}

  /** Creates a plan of fields with these paths, such as {@code user.login}. */
  public static FieldPlan of(String... selected) {
    return builder().fields(selected).build();
  }

  /** Creates a builder of a plan with kinds of fields. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the field of this name in the present object; null if it is not kept. */
  @Nullable Field named(String name) {
    return byName.get(name);
  }

  /** Returns the field with this path from here. */
  Field at(String path) {
    return Objects.requireNonNull(byPath.get(path), path);
  }

  /** Returns the number of values to keep. */
  int size() {
    return byPath.size();
  }

  /** A builder of a plan. */
  public static final class Builder {

    private final FieldPlan root = new FieldPlan();

    private Builder() {}

    /** Adds fields with these paths. */
    public Builder fields(String... paths) {
      return add(Kind.ANY, paths);
    }

    /** Adds fields with these paths, which are times. */
    public Builder times(String... paths) {
      return add(Kind.TIME, paths);
    }

    /** Adds fields with these paths, whose texts repeat from item to item. */
    public Builder repeated(String... paths) {
      return add(Kind.REPEATED, paths);
    }

    private Builder add(Kind kind, String... paths) {
      for (String path : paths) {
        FieldPlan in = root;
        int from = 0;
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
          // A parent object is kept as a mark, too, to distinguish it from null.
          in = add(in, path.substring(from, dot), path.substring(0, dot), Kind.ANY, true).within();
          from = dot + 1;
        }
        add(Objects.requireNonNull(in), path.substring(from), path, kind, false);
      }
      return this;
    }

    private Field add(
        @Nullable FieldPlan to, String name, String path, Kind kind, boolean withFields) {
      FieldPlan in = Objects.requireNonNull(to);
      Field known = in.byName.get(name);
      if (known == null) {
        known = new Field(path, root.size(), kind, withFields ? new FieldPlan() : null);
        in.byName.put(name, known);
        root.byPath.put(path, known);
      }
      return known;
    }

    /** Builds the plan. */
    public FieldPlan build() {
      return root;
    }
  }
}
