package dev.backfill.examples;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A small GitHub for trying the command line, until it is interrupted: REST and GraphQL, with
 * pages, latency and limits like the real one's.
 */
public final class SimulatedGitHubMain {

  private SimulatedGitHubMain() {}

  /**
   * Runs the server, and prints its address.
   *
   * @param args none
   * @throws InterruptedException if the thread is interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    try (SimulatedGitHub gitHub = start()) {
      new CountDownLatch(1).await();
    }
  }

  static SimulatedGitHub start() {
    SimulatedGitHub gitHub =
        SimulatedGitHub.builder()
            .repository(SimulatedRepository.of("sim/quickstart", 2_500))
            .latency(Duration.ofMillis(5), Duration.ofMillis(25))
            .token("simulated")
            .start();
    System.out.printf("A simulated GitHub with sim/quickstart; Ctrl-C ends it. To use it:%n%n");
    System.out.printf("export GITHUB_API_URL=%s GITHUB_TOKEN=simulated%n", gitHub.url());
    System.out.printf("java -jar backfill-cli/target/backfill.jar run sim/quickstart%n");
    return gitHub;
  }
}
