package dev.backfill.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names are this machine's; the tables of processes are files as Linux shows them. */
@Isolated("it changes the default locale")
class WorkerNameTest {

  private static final long SELF = 4711;
  private static final long OTHER = 4712;
  private static final String OPEN = "21 26 0:20 / /proc rw,relatime - proc proc rw\n";

  @TempDir Path proc;

  @BeforeEach
  void showEveryProcess() throws IOException {
    write("sys/kernel/random/boot_id", "a-boot");
    start(1, 10);
    start(SELF, 900);
    Files.createDirectories(proc.resolve(SELF + "/ns"));
    Files.createSymbolicLink(proc.resolve(SELF + "/ns/pid"), Path.of("pid:[4026531836]"));
    Files.createSymbolicLink(proc.resolve("self"), Path.of(Long.toString(SELF)));
    write(SELF + "/mountinfo", OPEN);
  }

  @Test
  void thisProcessIsNotDead() {
    assertThat(WorkerName.isKnownDead(WorkerName.of(7))).isFalse();
  }

  @Test
  void aProcessOfThisMachineThatHasEndedIsDead() throws Exception {
    assumeTrue(
        ProcessTable.ofThisMachine().isGone(Long.MAX_VALUE), "processes of others are hidden here");
    Process process = new ProcessBuilder("true").start();
    process.waitFor();

    assertThat(WorkerName.isKnownDead(ofProcess(WorkerName.of(1), process.pid(), 123456))).isTrue();
  }

  @Test
  void aProcessThatIsGoneIsDead() {
    assertThat(isDead(OTHER, 500)).isTrue();
    assertThat(isDead(OTHER, 0)).isTrue();
  }

  @Test
  void aProcessThatIsThereIsNotDead() throws Exception {
    start(OTHER, 500);

    assertThat(isDead(OTHER, 500)).isFalse();
  }

  @Test
  void anotherProcessThatGotTheSameNumberDoesNotKeepItAlive() throws Exception {
    start(OTHER, 500);

    assertThat(isDead(OTHER, 400)).isTrue();
    assertThat(isDead(OTHER, 0)).as("a start that was not known").isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rw,hidepid=invisible",
        "rw,hidepid=2",
        "rw,gid=7,hidepid=noaccess",
        "rw,hidepid=4",
        "rw,hidepid=ptraceable,subset=pid",
        "rw,subset=pid"
      })
  void aProcessThatMayBeHiddenIsNotDead(String options) throws Exception {
    write(SELF + "/mountinfo", OPEN + "84 66 0:39 / /proc rw,relatime - proc proc " + options);

    assertThat(isDead(OTHER, 500)).isFalse();
  }

  @Test
  void aMountThatHidesNothingHasTwoForms() throws Exception {
    write(SELF + "/mountinfo", OPEN + "84 66 0:39 / /proc rw - proc proc rw,hidepid=off\n");
    assertThat(isDead(OTHER, 500)).isTrue();
    write(SELF + "/mountinfo", OPEN + "84 66 0:39 / /proc rw - proc proc rw,hidepid=0\n");
    assertThat(isDead(OTHER, 500)).isTrue();
  }

  @Test
  void whereTheFirstProcessIsHiddenAProcessIsNotDead() throws Exception {
    Files.delete(proc.resolve("1/stat"));

    assertThat(isDead(OTHER, 500)).isFalse();
  }

  @Test
  void hiddenOrNotAnotherStartIsEvidence() throws Exception {
    write(SELF + "/mountinfo", "84 66 0:39 / /proc rw - proc proc rw,hidepid=2\n");
    start(OTHER, 500);

    assertThat(isDead(OTHER, 400)).isTrue();
  }

  @Test
  void whereThereIsNoTableOfProcessesNothingIsKnown() {
    WorkerName elsewhere = new WorkerName(new ProcessTable(proc.resolve("none"), 1), "host");

    assertThat(elsewhere.isDead(ofProcess(elsewhere.name(1), 2, 500))).isFalse();
    assertThat(elsewhere.isDead(elsewhere.name(1))).isFalse();
  }

  @Test
  void aTableOfAnotherNamespaceIsIgnored() {
    WorkerName inside = new WorkerName(new ProcessTable(proc, 1), "host");

    assertThat(inside.isDead(ofProcess(inside.name(1), OTHER, 500))).isFalse();
  }

  @Test
  void aWorkerElsewhereIsNeverKnownToBeDead() throws Exception {
    String here = ofProcess(names().name(1), OTHER, 500);
    write("sys/kernel/random/boot_id", "another-boot");

    assertThat(names().isDead(here)).isFalse();
    assertThat(names().isDead("elsewhere-abc/pid-999999/since-1/x")).isFalse();
    assertThat(names().isDead("my-own-name")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "hi-IN-u-nu-deva", "th-TH-u-nu-thai", "tr-TR"})
  void aNameIsTheSameInEveryLocale(String locale) {
    Locale before = Locale.getDefault();
    String name = names().name(77);
    Locale.setDefault(Locale.forLanguageTag(locale));
    try {
      assertThat(names().name(77)).isEqualTo(name).contains("/pid-4711/since-900/");
      assertThat(isDead(OTHER, 500)).isTrue();
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void workersOfOneProcessHaveDifferentNamesThatFitTheStore() {
    assertThat(WorkerName.of(1)).isNotEqualTo(WorkerName.of(2)).hasSizeLessThanOrEqualTo(200);
  }

  private WorkerName names() {
    return new WorkerName(new ProcessTable(proc, SELF), "host");
  }

  private boolean isDead(long pid, long since) {
    return names().isDead(ofProcess(names().name(1), pid, since));
  }

  private static String ofProcess(String name, long pid, long since) {
    return name.replaceFirst("pid-\\d+", "pid-" + pid).replaceFirst("since-\\d+", "since-" + since);
  }

  private void start(long pid, long ticks) throws IOException {
    write(pid + "/stat", pid + " (a name) ) S" + " 1".repeat(18) + " " + ticks + " 0 0\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = proc.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
