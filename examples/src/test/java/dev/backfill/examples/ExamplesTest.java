package dev.backfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Each example runs, and says what it is meant to show. */
class ExamplesTest {

  @Test
  void firstSteps() throws Exception {
    assertThat(output(FirstStepsMain::main)).contains("120 pull requests are stored.");
  }

  @Test
  void resumeAfterCrash() throws Exception {
    assertThat(output(ResumeAfterCrashMain::main))
        .contains("The worker process died with exit code 137")
        .contains("Its successor fetched the other 250 and reports: COMPLETED")
        .containsPattern("pull requests +400");
  }

  @Test
  void customSource() throws Exception {
    assertThat(output(CustomSourceMain::main))
        .contains("archive:letters of attic", "chunks=3", "items=130");
  }

  @Test
  void progress() throws Exception {
    assertThat(output(ProgressMain::main))
        .contains("github:pull-requests of sim/shown: 50")
        .contains("github:pull-requests of sim/shown: 130");
  }

  @Test
  void steering() throws Exception {
    assertThat(output(SteeringMain::main))
        .containsPattern("stopped +by ann at .*: the database moves; resume continues it")
        .contains("items=90");
  }

  @Test
  void springBeans() throws Exception {
    assertThat(output(SpringMain::main)).contains("status             completed, 60 of 60");
  }

  @Test
  void metrics() throws Exception {
    assertThat(output(MetricsMain::main))
        .contains("backfill_jobs{state=\"idle\"} 1.0")
        .contains(
            "backfill_items_total{outcome=\"inserted\",stream=\"github:pull-requests\"} 120.0")
        .contains("backfill_quota_remaining{resource=")
        .contains("backfill_slice_seconds_count{error=\"none\"");
  }

  @Test
  void customPolicy() throws Exception {
    assertThat(output(CustomPolicyMain::main)).contains("a chunk of 10", "items=130");
  }

  @Test
  void simulatedGitHub() throws Exception {
    assertThat(output(arguments -> SimulatedGitHubMain.start().close()))
        .containsPattern(
            "export GITHUB_API_URL=http://127.0.0.1:\\d+ GITHUB_TOKEN=simulated\\R"
                + "java -jar backfill-cli/target/backfill.jar run sim/quickstart");
  }

  @Test
  void customSink() throws Exception {
    assertThat(output(CustomSinkMain::main))
        .contains("items=600, inserted=600", "items=8, inserted=8")
        .containsPattern("20\\d\\d-\\d\\d \\d+");
  }

  @Test
  void severalRepositories() throws Exception {
    assertThat(output(SeveralRepositoriesMain::main))
        .containsPattern("sim/large +COMPLETED +900")
        .containsPattern("sim/small +COMPLETED +30")
        .containsPattern("sim/empty +COMPLETED +0")
        .containsPattern("sim/missing +FAILED +0 .*does not exist");
  }

  @Test
  void twoWorkers() throws Exception {
    assertThat(output(TwoWorkersMain::main))
        .containsPattern("pull requests +1,000")
        // Twenty of fifty, and one without items: nothing had changed meanwhile.
        .containsPattern("chunks +21");
  }

  @Test
  void host() throws Exception {
    assertThat(output(HostMain::main))
        .containsPattern("sim/large +TRIGGERED +newly tracked")
        .containsPattern("sim/empty +ROUTED +there is no other destination")
        .contains("Missing: []");
  }

  @Test
  void cron() throws Exception {
    assertThat(output(CronMain::main)).contains("Call 1 fetched").contains("Call 2 fetched");
  }

  @Test
  void actions() throws Exception {
    assertThat(output(ActionsMain::main))
        .contains("GitHub starts a run with [correlation_id, target]")
        .containsSubsequence("TRIGGERED", "ROUTED", "DISPATCHED", "CLAIMED", "COMPLETED");
  }

  @Test
  void severalManagers() throws Exception {
    assertThat(output(SeveralManagersMain::main))
        .contains("Together: 12")
        .containsPattern("pull requests +3,000");
  }

  private interface Main {
    void run(String[] args) throws Exception;
  }

  private static String output(Main main) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      main.run(new String[0]);
    } finally {
      System.setOut(before);
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    before.print(text);
    return text;
  }
}
