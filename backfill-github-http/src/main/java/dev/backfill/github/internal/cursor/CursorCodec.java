package dev.backfill.github.internal.cursor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.source.Cursor;
import dev.backfill.github.internal.json.JsonFactories;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The text form of a cursor: JSON with a version. Version 1 had the history only, version 2 page
 * numbers and edges. Both can still be read, and version 2 is written if it can hold the whole
 * state.
 */
final class CursorCodec {

  static final int VERSION = 3;
  private static final int OLDEST_VERSION = 1;

  /** Only texts of version 3 contain positions in the order of update. */
  private static final int VERSION_WITHOUT_TIMES = 2;

  private static final String HISTORY = "history";
  private static final String CATCH_UP = "catch-up";
  private static final String CAUGHT_UP = "caught-up";

  private static final JsonFactory FACTORY = JsonFactories.create();

  /** Cached, since all cursors of a history contain the same mark. */
  private static volatile Mark latest = new Mark(Instant.EPOCH, Instant.EPOCH.toString());

  private CursorCodec() {}

  static Cursor write(CursorState state) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("v", hasTimes(state) ? VERSION : VERSION_WITHOUT_TIMES);
      json.writeNumberField("repo", state.repositoryId());
      json.writeArrayFieldStart("extras");
      for (String name : new TreeSet<>(state.extras())) {
        json.writeString(name);
      }
      json.writeEndArray();
      write(json, state.stage());
      ListGap gap = state.gap();
      if (gap != null) {
        json.writeStringField("gap", gap.text());
      }
      if (state.capHits() > 0) {
        json.writeNumberField("caps", state.capHits());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a cursor cannot be written into memory", e);
    }
    return new Cursor(text.toString());
  }

  private static boolean hasTimes(CursorState state) {
    ReadStage stage = state.stage();
    return (stage instanceof ReadStage.History history
            && history.position() instanceof TimePosition)
        || (stage instanceof ReadStage.CatchUp catchUp
            && catchUp.run() != null
            && catchUp.run().position() instanceof TimePosition);
  }

  private static void write(JsonGenerator json, ReadStage stage) throws IOException {
    if (stage instanceof ReadStage.History history) {
      json.writeStringField("stage", HISTORY);
      json.writeStringField("mark", text(history.mark()));
      write(json, history.position());
    } else if (stage instanceof ReadStage.CatchUp catchUp) {
      json.writeStringField("stage", CATCH_UP);
      json.writeStringField("since", text(catchUp.since()));
      json.writeNumberField("pass", catchUp.pass());
      write(json, catchUp.listVersion());
      ReadStage.Run run = catchUp.run();
      if (run != null) {
        json.writeStringField("mark", run.begunAt().toString());
        json.writeBooleanField("news", run.hasChanges());
        write(json, run.position());
      }
    } else if (stage instanceof ReadStage.CaughtUp caughtUp) {
      json.writeStringField("stage", CAUGHT_UP);
      json.writeStringField("since", caughtUp.since().toString());
      write(json, caughtUp.listVersion());
    }
    write(json, stage.baseline());
  }

  private static String text(Instant time) {
    Mark mark = latest;
    if (!mark.time().equals(time)) {
      mark = new Mark(time, time.toString());
      latest = mark;
    }
    return mark.text();
  }

  private record Mark(Instant time, String text) {}

  private static void write(JsonGenerator json, Position position) throws IOException {
    if (position instanceof PagePosition page) {
      json.writeStringField("page", page.page());
      json.writeNumberField("offset", page.offset());
      if (page.anchor() != null) {
        json.writeNumberField("anchor", page.anchor());
      }
      if (page.changedAt() != null) {
        json.writeStringField("changed", page.changedAt().toString());
      }
    } else if (position instanceof ListPosition list) {
      json.writeStringField("page", list.page());
      json.writeNumberField("offset", list.offset());
      json.writeNumberField("listed", list.items());
      json.writeNumberField("digest", list.digest());
    } else if (position instanceof EdgePosition edge) {
      json.writeStringField("after", edge.after() == null ? "" : edge.after());
      json.writeNumberField("size", edge.pageSize());
      json.writeNumberField("patience", edge.growAfter());
      EdgePosition.Reached reached = edge.reached();
      if (reached != null) {
        json.writeStringField("created", reached.createdAt().toString());
        json.writeNumberField("id", reached.id());
        json.writeBooleanField("rest", reached.byRest());
        json.writeNumberField("done", reached.done());
      }
    } else if (position instanceof TimePosition time) {
      json.writeStringField("updated", time.at() == null ? "" : time.at().toString());
      json.writeNumberField("id", time.id());
      json.writeNumberField("done", time.done());
      json.writeNumberField("size", time.pageSize());
      json.writeNumberField("patience", time.growAfter());
    }
  }

  private static void write(JsonGenerator json, @Nullable ItemCountBaseline baseline)
      throws IOException {
    if (baseline != null) {
      json.writeNumberField("items", baseline.items());
      write(json, "items", baseline.counted());
      json.writeNumberField("newer", baseline.newer());
      if (baseline.delivered() != null) {
        write(json, "newest", baseline.delivered());
      }
    }
  }

  private static void write(JsonGenerator json, String name, NewestItem item) throws IOException {
    json.writeStringField(name + "At", item.createdAt().toString());
    json.writeNumberField(name + "Id", item.number());
  }

  private static void write(JsonGenerator json, @Nullable ListVersion listVersion)
      throws IOException {
    if (listVersion != null) {
      json.writeStringField("list", listVersion.path());
      json.writeStringField("etag", listVersion.etag());
    }
  }

  static CursorState read(Cursor cursor) {
    JsonNode root;
    try {
      root = tree(cursor.value());
    } catch (IOException e) {
      throw incompatible("cannot be read");
    }
    if (!root.path("v").isInt()) {
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
          root.path("repo").longValue(),
          extras,
          stage(root, version == OLDEST_VERSION),
          ListGap.parse(root.path("gap").asText("")),
          Math.max(0, root.path("caps").asInt(0)));
    } catch (DateTimeException e) {
      throw incompatible("lacks a field");
    }
  }

  /**
   * Parses the text by hand: loading an object mapper for this alone takes longer than a page of a
   * list. Objects are skipped, since no cursor contains any.
   */
  private static ObjectNode tree(String text) throws IOException {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    try (JsonParser json = FACTORY.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonParseException(json, "not an object");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        switch (json.nextToken()) {
          case VALUE_STRING -> root.put(name, json.getText());
          case VALUE_TRUE, VALUE_FALSE -> root.put(name, json.getBooleanValue());
          case VALUE_NUMBER_INT -> {
            switch (json.getNumberType()) {
              case INT -> root.put(name, json.getIntValue());
              case LONG -> root.put(name, json.getLongValue());
              default -> root.putNull(name);
            }
          }
          case START_ARRAY -> {
            ArrayNode list = root.putArray(name);
            while (json.nextToken() != JsonToken.END_ARRAY) {
              list.add(json.getValueAsString(""));
              json.skipChildren();
            }
          }
          default -> {
            root.putNull(name);
            json.skipChildren();
          }
        }
      }
      return root;
    }
  }

  private static ReadStage stage(JsonNode root, boolean old) {
    return switch (old ? HISTORY : root.path("stage").asText("")) {
      case HISTORY -> new ReadStage.History(time(root, "mark"), position(root), baseline(root));
      case CATCH_UP ->
          new ReadStage.CatchUp(
              time(root, "since"),
              Math.max(1, root.path("pass").asInt(1)),
              countKnown(root),
              root.has("mark")
                  ? new ReadStage.Run(
                      time(root, "mark"), root.path("news").asBoolean(true), position(root))
                  : null,
              baseline(root));
      case CAUGHT_UP ->
          new ReadStage.CaughtUp(time(root, "since"), countKnown(root), baseline(root));
      default -> throw incompatible("lacks a field");
    };
  }

  private static @Nullable ItemCountBaseline baseline(JsonNode root) {
    JsonNode items = root.path("items");
    JsonNode newer = root.path("newer");
    return items.canConvertToLong() && newer.canConvertToLong()
        ? new ItemCountBaseline(
            items.longValue(),
            newest(root, "items"),
            newer.longValue(),
            root.has("newestAt") ? newest(root, "newest") : null)
        : null;
  }

  /** Reads an item; earlier releases stored the time of the count instead, without a number. */
  private static NewestItem newest(JsonNode root, String name) {
    JsonNode number = root.path(name + "Id");
    return new NewestItem(
        time(root, name + "At"), number.canConvertToLong() ? number.longValue() : Long.MAX_VALUE);
  }

  private static Instant time(JsonNode root, String field) {
    return Instant.parse(root.path(field).asText(""));
  }

  private static Position position(JsonNode root) {
    if (root.has("updated")) {
      return time(root);
    }
    return root.has("after") ? edge(root) : page(root);
  }

  private static Position time(JsonNode root) {
    int size = root.path("size").asInt(0);
    int growAfter = root.path("patience").asInt(0);
    boolean sound =
        root.path("updated").isTextual()
            && root.path("id").canConvertToLong()
            && root.path("done").canConvertToLong()
            && root.path("done").longValue() >= 0
            && size >= 1
            && size <= PagePosition.PAGE_SIZE
            && growAfter >= 1;
    if (!sound) {
      throw incompatible("lacks a field");
    }
    String updated = root.path("updated").textValue();
    return new TimePosition(
        updated.isEmpty() ? null : Instant.parse(updated),
        root.path("id").longValue(),
        root.path("done").longValue(),
        size,
        growAfter);
  }

  private static Position edge(JsonNode root) {
    int size = root.path("size").asInt(0);
    int growAfter = root.path("patience").asInt(0);
    if (!root.path("after").isTextual()
        || size < 1
        || size > PagePosition.PAGE_SIZE
        || growAfter < 1) {
      throw incompatible("lacks a field");
    }
    String after = root.path("after").textValue();
    boolean reached = root.path("created").isTextual() && root.path("id").canConvertToLong();
    return new EdgePosition(
        after.isEmpty() ? null : after,
        size,
        growAfter,
        reached
            ? new EdgePosition.Reached(
                time(root, "created"),
                root.path("id").longValue(),
                root.path("rest").asBoolean(false),
                Math.max(0, root.path("done").asLong(0)))
            : null);
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
    if (root.path("digest").canConvertToLong()) {
      return new ListPosition(
          root.path("page").textValue(),
          root.path("offset").intValue(),
          Math.max(0, root.path("listed").asLong(0)),
          root.path("digest").longValue());
    }
    return new PagePosition(
        root.path("page").textValue(),
        root.path("offset").intValue(),
        anchor.isMissingNode() ? null : (@Nullable Long) anchor.longValue(),
        root.has("changed") ? time(root, "changed") : null);
  }

  private static @Nullable ListVersion countKnown(JsonNode root) {
    String path = root.path("list").asText("");
    String etag = root.path("etag").asText("");
    return path.startsWith("/") && !etag.isEmpty() ? new ListVersion(path, etag) : null;
  }

  private static PermanentFailureException incompatible(String what) {
    return new PermanentFailureException(
        Reason.INCOMPATIBLE,
        "The stored cursor "
            + what
            + " and this version of backfill reads versions "
            + OLDEST_VERSION
            + " to "
            + VERSION
            + ". Stored items stay. Use the version that wrote it, or read this backfill from its start"
            + " (backfill reload, ProgressStore.reload).",
        null);
  }
}
