package dev.backfill.github.internal.json;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which fields of an object to keep; all others are skipped without being built. Immutable. */
public final class FieldPlan {

  private final Map<String, String> paths = new HashMap<>();
  private final Map<String, FieldPlan> children = new HashMap<>();

  private FieldPlan() {}

  /** Keeps the fields with these paths, such as {@code user.login}. */
  public static FieldPlan of(String... wanted) {
    FieldPlan root = new FieldPlan();
    for (String path : wanted) {
      root.add(path, "");
    }
    return root;
  }

  private void add(String rest, String prefix) {
    int dot = rest.indexOf('.');
    String name = dot < 0 ? rest : rest.substring(0, dot);
    // An object that is descended into is kept as a mark as well, to tell it from null.
    paths.put(name, prefix + name);
    if (dot >= 0) {
      children
          .computeIfAbsent(name, key -> new FieldPlan())
          .add(rest.substring(dot + 1), prefix + name + ".");
    }
  }

  @Nullable String pathOf(String name) {
    return paths.get(name);
  }

  @Nullable FieldPlan within(String name) {
    return children.get(name);
  }
}
