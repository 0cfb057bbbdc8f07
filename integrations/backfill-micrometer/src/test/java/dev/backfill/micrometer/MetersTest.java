package dev.backfill.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whole backfills, and what is in the registry after them. */
class MetersTest {

  private static final Path PAGE = Path.of("..", "..", "docs", "metrics.md");

  /** A row of the table of meters: name, type and tags. */
  private static final Pattern ROW =
      Pattern.compile("\\| `(backfill[.a-z]+)` \\| [a-z]+ \\|([^|]*)\\|.*");

  private static final Pattern TAG = Pattern.compile("`(\\w+)`");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private Map<String, Set<String>> tagsByMeter() {
    Map<String, Set<String>> tags = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      tags.computeIfAbsent(meter.getId().getName(), name -> new TreeSet<>())
          .addAll(meter.getId().getTags().stream().map(Tag::getKey).toList());
    }
    return tags;
  }

  @Test
  void theMetersAreThoseOfThePage() throws Exception {
    World.runInto(registry);
    assertThat(tagsByMeter()).isEqualTo(documented());
  }

  private static Map<String, Set<String>> documented() throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Matcher tag = TAG.matcher(row.group(2));
        documented.put(
            row.group(1),
            tag.results()
                .map(each -> each.group(1))
                .collect(Collectors.toCollection(TreeSet::new)));
      }
    }
    return documented;
  }

  @Test
  void theFiguresAreThoseOfTheBackfills() throws Exception {
    World.runInto(registry);

    assertThat(registry.get("backfill.chunk").timer().mean(TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(items("inserted")).isEqualTo(4 * NumbersSource.SIZE - 2);
    assertThat(items("quarantined")).isEqualTo(2);
    assertThat(registry.get("backfill.quarantine").gauge().value()).isEqualTo(2);
    assertThat(registry.get("backfill.wait").tag("reason", "quota").timer().count()).isEqualTo(1);
    assertThat(
            registry
                .get("backfill.wait")
                .tag("reason", "quota")
                .timer()
                .totalTime(TimeUnit.SECONDS))
        .isCloseTo(300, within(0.001));
    assertThat(registry.get("backfill.failures").tag("kind", "not_found").counter().count())
        .isEqualTo(6);
    assertThat(registry.get("backfill.jobs").tag("state", "idle").gauge().value()).isEqualTo(4);
    assertThat(registry.get("backfill.circuit.breaker").gauge().value()).isZero();
  }

  private double items(String outcome) {
    return registry.get("backfill.items").tag("outcome", outcome).counter().count();
  }

  @Test
  void theNumberOfMetersDoesNotGrowWithRepositories() throws Exception {
    new World().run(BackfillMetrics.of(registry), List.of("sim/first"));
    int meters = registry.getMeters().size();

    new World()
        .run(
            BackfillMetrics.of(registry),
            IntStream.range(0, 200).mapToObj(i -> "sim/repository-" + i).toList());

    assertThat(registry.getMeters()).hasSize(meters);
    assertThat(items("inserted")).isEqualTo(201 * NumbersSource.SIZE);
    assertThat(registry.getMeters())
        .allSatisfy(meter -> assertThat(meter.getId().toString()).doesNotContain("sim/"));
  }

  @Test
  void aRepositoryIsATagIfTheHostAsksForIt() throws Exception {
    World world = new World();
    world.run(
        BackfillMetrics.builder(registry).repositoryTag(true).build(),
        List.of("sim/plain", "sim/poison", "sim/missing", "sim/flaky"));

    assertThat(
            registry
                .get("backfill.items")
                .tags("repository", "sim/poison", "outcome", "quarantined")
                .counter()
                .count())
        .isEqualTo(2);
    Map<String, Set<String>> tags = tagsByMeter();
    Set<String> tagged =
        tags.keySet().stream()
            .filter(name -> tags.get(name).contains("repository"))
            .collect(Collectors.toSet());
    assertThat(tagged)
        .containsExactlyInAnyOrder(
            "backfill.chunk",
            "backfill.items",
            "backfill.quota.spent",
            "backfill.wait",
            "backfill.failures");
  }

  @Test
  void anEngineWithoutAManagerIsInstrumentedToo() throws Exception {
    World world = new World();
    BackfillMetrics metrics = BackfillMetrics.of(registry);
    try (BackfillEngine engine =
        metrics
            .instrument(BackfillEngine.builder(world.store.progress()).timeSource(world.time))
            .build()) {
      engine.runSlice(
          new BackfillSpec<>(
              world.source,
              "sim/plain",
              (items, transaction) -> new SinkCounts(items.size() / 2, items.size() / 5)),
          SliceLimits.UNLIMITED);
    }
    assertThat(items("inserted")).isEqualTo(30);
    assertThat(items("updated")).isEqualTo(12);
    assertThat(items("unchanged")).isEqualTo(18);
    assertThat(registry.find("backfill.jobs").meters()).isEmpty();
  }

  @Test
  void closingRemovesTheGaugesAndKeepsTheRest() throws Exception {
    World world = new World();
    BackfillMetrics metrics = BackfillMetrics.of(registry);
    world.run(metrics, List.of("sim/plain"));

    metrics.close();
    metrics.close();

    assertThat(tagsByMeter().keySet())
        .containsExactlyInAnyOrder("backfill.chunk", "backfill.items", "backfill.quota.spent");
  }
}
