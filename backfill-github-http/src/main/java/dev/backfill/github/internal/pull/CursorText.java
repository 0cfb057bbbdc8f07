package dev.backfill.github.internal.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.source.Cursor;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The text of a cursor: JSON with a version. Version 1 knew the history alone, and is still read.
 */
final class CursorText {

  static final int VERSION = 2;
  private static final int OLDEST_VERSION = 1;

  private static final String HISTORY = "history";
  private static final String CATCH_UP = "catch-up";
  private static final String CAUGHT_UP = "caught-up";

  private static final ObjectMapper JSON = new ObjectMapper();

  private CursorText() {}

  static Cursor write(CursorState state) {
    ObjectNode root = JSON.createObjectNode();
    root.put("v", VERSION);
    root.put("repo", state.repositoryId());
    ArrayNode names = root.putArray("extras");
    new TreeSet<>(state.extras()).forEach(names::add);
    if (state.stage() instanceof Stage.History history) {
      root.put("stage", HISTORY);
      root.put("mark", history.mark().toString());
      write(root, history.position());
    } else if (state.stage() instanceof Stage.CatchUp catchUp) {
      root.put("stage", CATCH_UP);
      root.put("since", catchUp.since().toString());
      root.put("pass", catchUp.pass());
      write(root, catchUp.seen());
      Stage.Run run = catchUp.run();
      if (run != null) {
        root.put("mark", run.begunAt().toString());
        root.put("news", run.news());
        write(root, run.position());
      }
    } else if (state.stage() instanceof Stage.CaughtUp caughtUp) {
      root.put("stage", CAUGHT_UP);
      root.put("since", caughtUp.since().toString());
      write(root, caughtUp.seen());
    }
    return new Cursor(root.toString());
  }

  private static void write(ObjectNode root, Position position) {
    if (position instanceof PagePosition page) {
      root.put("page", page.page());
      root.put("offset", page.offset());
      if (page.anchor() != null) {
        root.put("anchor", page.anchor());
      }
    } else if (position instanceof EdgePosition edge) {
      root.put("after", edge.after() == null ? "" : edge.after());
      root.put("size", edge.pageSize());
      root.put("patience", edge.patience());
    }
  }

  private static void write(ObjectNode root, @Nullable SeenVersion seen) {
    if (seen != null) {
      root.put("list", seen.path());
      root.put("etag", seen.etag());
    }
  }

  static CursorState read(Cursor cursor) {
    JsonNode root;
    try {
      root = JSON.readTree(cursor.value());
    } catch (JsonProcessingException e) {
      throw incompatible("cannot be read");
    }
    if (root == null || !root.path("v").isInt()) {
      throw incompatible("has no version");
    }
    int version = root.path("v").intValue();
    if (version < OLDEST_VERSION || version > VERSION) {
      throw incompatible("has version " + version);
    }
    Set<String> extras = new TreeSet<>();
    root.path("extras").forEach(name -> extras.add(name.asText()));
    if (!root.path("repo").canConvertToLong()) {
      throw incompatible("lacks a field");
    }
    try {
      return new CursorState(
          root.path("repo").longValue(), extras, stage(root, version == OLDEST_VERSION));
    } catch (DateTimeException e) {
      throw incompatible("lacks a field");
    }
  }

  private static Stage stage(JsonNode root, boolean old) {
    return switch (old ? HISTORY : root.path("stage").asText("")) {
      case HISTORY -> new Stage.History(time(root, "mark"), position(root));
      case CATCH_UP ->
          new Stage.CatchUp(
              time(root, "since"),
              Math.max(1, root.path("pass").asInt(1)),
              seen(root),
              root.has("mark")
                  ? new Stage.Run(
                      time(root, "mark"), root.path("news").asBoolean(true), position(root))
                  : null);
      case CAUGHT_UP -> new Stage.CaughtUp(time(root, "since"), seen(root));
      default -> throw incompatible("lacks a field");
    };
  }

  private static Instant time(JsonNode root, String field) {
    return Instant.parse(root.path(field).asText(""));
  }

  private static Position position(JsonNode root) {
    return root.has("after") ? edge(root) : page(root);
  }

  private static Position edge(JsonNode root) {
    int size = root.path("size").asInt(0);
    int patience = root.path("patience").asInt(0);
    if (!root.path("after").isTextual() || size < 1 || size > Page.SIZE || patience < 1) {
      throw incompatible("lacks a field");
    }
    String after = root.path("after").textValue();
    return new EdgePosition(after.isEmpty() ? null : after, size, patience);
  }

  private static Position page(JsonNode root) {
    JsonNode anchor = root.path("anchor");
    boolean sound =
        root.path("page").asText("").startsWith("/")
            && root.path("offset").isInt()
            && root.path("offset").intValue() >= 0
            && (anchor.isMissingNode() || anchor.canConvertToLong());
    if (!sound) {
      throw incompatible("lacks a field");
    }
    return new PagePosition(
        root.path("page").textValue(),
        root.path("offset").intValue(),
        anchor.isMissingNode() ? null : (@Nullable Long) anchor.longValue());
  }

  private static @Nullable SeenVersion seen(JsonNode root) {
    String path = root.path("list").asText("");
    String etag = root.path("etag").asText("");
    return path.startsWith("/") && !etag.isEmpty() ? new SeenVersion(path, etag) : null;
  }

  private static PermanentFailureException incompatible(String what) {
    return new PermanentFailureException(
        Reason.INCOMPATIBLE,
        "the stored cursor "
            + what
            + " and this version of backfill reads versions "
            + OLDEST_VERSION
            + " to "
            + VERSION
            + "; use the version that wrote it, or start this backfill again from the beginning",
        null);
  }
}
