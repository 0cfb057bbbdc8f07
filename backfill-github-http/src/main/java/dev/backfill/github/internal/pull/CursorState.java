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
 * What a cursor says. Its text is JSON with a version; a later release reads what this one writes.
 *
 * @param repositoryId the repository whose history it is in
 * @param position the place behind the last item
 * @param extras what each item so far was read with
 * @param mark GitHub's time before the first page was read: what changed later may have been missed
 */
record CursorState(long repositoryId, Position position, Set<String> extras, Instant mark) {

  static final int VERSION = 1;

  private static final ObjectMapper JSON = new ObjectMapper();

  Cursor encode() {
    ObjectNode root = JSON.createObjectNode();
    root.put("v", VERSION);
    root.put("repo", repositoryId);
    root.put("page", position.page());
    root.put("offset", position.offset());
    if (position.anchor() != null) {
      root.put("anchor", position.anchor());
    }
    ArrayNode names = root.putArray("extras");
    new TreeSet<>(extras).forEach(names::add);
    root.put("mark", mark.toString());
    return new Cursor(root.toString());
  }

  /**
   * Reads a cursor that is not the start.
   *
   * @throws PermanentFailureException when it is of another version, or no cursor of ours
   */
  static CursorState decode(Cursor cursor) {
    JsonNode root;
    try {
      root = JSON.readTree(cursor.value());
    } catch (JsonProcessingException e) {
      throw incompatible("cannot be read");
    }
    if (root == null || !root.path("v").isInt()) {
      throw incompatible("has no version");
    }
    if (root.path("v").intValue() != VERSION) {
      throw incompatible("has version " + root.path("v").intValue());
    }
    JsonNode anchor = root.path("anchor");
    Set<String> extras = new TreeSet<>();
    root.path("extras").forEach(name -> extras.add(name.asText()));
    boolean sound =
        root.path("repo").canConvertToLong()
            && root.path("page").asText("").startsWith("/")
            && root.path("offset").isInt()
            && root.path("offset").intValue() >= 0
            && (anchor.isMissingNode() || anchor.canConvertToLong());
    if (!sound) {
      throw incompatible("lacks a field");
    }
    try {
      return new CursorState(
          root.path("repo").longValue(),
          new Position(
              root.path("page").textValue(),
              root.path("offset").intValue(),
              anchor.isMissingNode() ? null : (@Nullable Long) anchor.longValue()),
          extras,
          Instant.parse(root.path("mark").asText("")));
    } catch (DateTimeException e) {
      throw incompatible("lacks a field");
    }
  }

  private static PermanentFailureException incompatible(String what) {
    return new PermanentFailureException(
        Reason.INCOMPATIBLE,
        "the stored cursor "
            + what
            + " and this version of backfill reads version "
            + VERSION
            + "; use the version that wrote it, or start this backfill again from the beginning",
        null);
  }
}
