package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.report.FailureLog.Entry;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.testkit.postgrest.CallFault;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A fault at the request of a write, which is then repeated as callers repeat it. */
class WriteFaultTest {

  private static final BackfillKey KEY = new BackfillKey("test:numbers", "a/b");
  private static final BackfillKey OTHER = new BackfillKey("test:numbers", "c/d");
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Suspension STORED = new Suspension("work", "a", "ann", NOW, null, 1);
  private static final Suspension NEXT = new Suspension("work", "b", "bob", NOW, null, 2);
  private static final Suspension NEW = new Suspension("other", "c", "bob", NOW, null, 1);
  private static final Entry REPORTED =
      new Entry("claimed", KEY, 1, NOW, NOW, null)
          .withReport(7, "https://example.com/7", true, 1, NOW);

  /** All but the one that lasts for a whole time-out; the database sees it as {@code CUT_AFTER}. */
  private static final Set<CallFault> FAULTS = EnumSet.complementOf(EnumSet.of(CallFault.LATE));

  /** All values but numbers that a rollback skips, and those of the database's clock. */
  private static final String STATE =
      "SELECT jsonb_build_array("
          + String.join(
              ", ",
              rows("backfill_progress", "id, created_at, updated_at", "target"),
              rows("backfill_jobs", "backfill_id", "turn_order_at"),
              rows("backfill_job_events", "id, backfill_id", "id"),
              rows("backfill_suspensions", "", "subject"),
              rows("backfill_failures", "claimed_until", "fingerprint"),
              rows("backfill_failure_members", "", "fingerprint, target"),
              rows("backfill_limits", "blocked_until, serial_until, updated_at", "principal"))
          + ")";

  private RestProject project;

  /** The writes whose repetition changes nothing; a failure that is recorded again counts twice. */
  private enum Write {
    ENQUEUE {
      @Override
      void to(SupabaseStore store, Job job) {
        store.jobs().enqueue(OTHER, Priority.MANUAL, "asked", NOW, NOW.plus(MINUTE));
      }
    },
    UPDATE {
      @Override
      void to(SupabaseStore store, Job job) {
        store.jobs().update(job.withState(JobState.IDLE), List.of(event(job, Kind.COMPLETED)));
      }
    },
    REMOVE {
      @Override
      void to(SupabaseStore store, Job job) {
        store.jobs().remove(job.id(), event(job, Kind.UNTRACKED));
      }
    },
    PRUNE {
      @Override
      void to(SupabaseStore store, Job job) {
        store.jobs().pruneEvents(Duration.ZERO, 1_000);
      }
    },
    SUSPEND {
      @Override
      void to(SupabaseStore store, Job job) {
        store.jobs().suspend(NEXT);
      }
    },
    SUSPEND_FIRST {
      @Override
      void to(SupabaseStore store, Job job) {
        store.jobs().replace(null, NEW);
      }
    },
    REPLACE {
      @Override
      void to(SupabaseStore store, Job job) {
        store.jobs().replace(STORED, NEXT);
      }
    },
    RESUME {
      @Override
      void to(SupabaseStore store, Job job) {
        store.jobs().resume(STORED);
      }
    },
    CLAIM {
      @Override
      void to(SupabaseStore store, Job job) {
        store.failures().claim("free", "two", MINUTE);
      }
    },
    REPORT {
      @Override
      void to(SupabaseStore store, Job job) {
        store.failures().markReported("one", REPORTED);
      }
    },
    RELEASE {
      @Override
      void to(SupabaseStore store, Job job) {
        store.failures().release("claimed", "one");
      }
    },
    RECOVER {
      @Override
      void to(SupabaseStore store, Job job) {
        store.failures().recovered(KEY, NOW.plus(MINUTE));
      }
    },
    LIMIT {
      @Override
      void to(SupabaseStore store, Job job) {
        store.limits().limited("two", "core", limit(2));
      }
    },
    LIMIT_OVER {
      @Override
      void to(SupabaseStore store, Job job) {
        store.limits().recovered("one", "core");
      }
    };

    abstract void to(SupabaseStore store, Job job);
  }

  @BeforeEach
  void start() throws SQLException {
    project = RestProject.startStandIn();
  }

  @AfterEach
  void close() {
    project.close();
  }

  @ParameterizedTest
  @EnumSource
  void aRepeatedWriteIsOneWrite(Write write) throws Exception {
    Job job = begin();
    String before = state();
    write.to(project.rest(), job);
    String expected = state();
    assertThat(expected).isNotEqualTo(before);

    for (CallFault fault : FAULTS) {
      job = begin();
      project.api().faultAt(1, fault);
      try {
        write.to(project.rest(), job);
      } catch (TransientFailureException e) {
        write.to(project.rest(), job);
      }
      project.api().awaitIdle();
      assertThat(state()).as(fault.name()).isEqualTo(expected);
    }
  }

  @Test
  void aFailureIsRecordedAtLeastOnce() throws Exception {
    for (CallFault fault : FAULTS) {
      begin();
      project.api().faultAt(1, fault);
      try {
        project.rest().failures().failed("new", KEY, NOW);
      } catch (TransientFailureException e) {
        project.rest().failures().failed("new", KEY, NOW);
      }
      project.api().awaitIdle();
      assertThat(project.rest().failures().find("new").orElseThrow().count())
          .as(fault.name())
          .isBetween(1L, 2L);
      assertThat(project.rest().failures().affected("new")).containsExactly(KEY);
    }
  }

  /** Stores rows for each write to change. */
  private Job begin() throws SQLException {
    project.database().clear();
    SupabaseStore store = project.rest();
    store.jobs().enqueue(KEY, Priority.TRACKED, "newly tracked", NOW, NOW);
    store.jobs().suspend(STORED);
    store.failures().failed("free", KEY, NOW);
    store.failures().failed("claimed", OTHER, NOW);
    store.failures().claim("claimed", "one", MINUTE);
    store.limits().limited("one", "core", limit(3));
    return store.jobs().find(KEY).orElseThrow();
  }

  private String state() throws SQLException {
    return project.query(STATE).get(0);
  }

  private static String rows(String table, String without, String order) {
    return "(SELECT jsonb_agg(to_jsonb(t) - '{%s}'::text[] ORDER BY %s) FROM %s t)"
        .formatted(without, order, table);
  }

  private static JobEvent event(Job job, Kind kind) {
    return new JobEvent(job.id(), kind, Destination.LOCAL, "a reason", NOW);
  }

  private static SharedLimit limit(int refusals) {
    return new SharedLimit(MINUTE, "secondary rate limit", refusals, 40, Duration.ZERO);
  }
}
