package dev.backfill.github.internal.http;

import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.auth.AppIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Puts together what asks GitHub, and ends it. */
public final class GitHubConnection implements AutoCloseable {

  private final Credentials credentials;
  private final Transport transport;
  private final GitHubApi api;

  private GitHubConnection(Credentials credentials, Transport transport, GitHubApi api) {
    this.credentials = credentials;
    this.transport = transport;
    this.api = api;
  }

  public static GitHubConnection open(
      ApiAddress address,
      Credentials credentials,
      Network network,
      Pacing pacing,
      Executor executor,
      TimeSource time,
      RandomGenerator random) {
    Transport transport =
        new Transport(address, credentials, network, executor, Transport.MAX_BODY_BYTES);
    ServerTime serverTime = new ServerTime(time);
    Supplier<Principal> newPrincipal = () -> new Principal(time, random, pacing);
    List<Credential> tokens = new ArrayList<>();
    for (String token : credentials.tokens()) {
      String label = "token " + (tokens.size() + 1);
      tokens.add(new Credential(label, new TokenSource.Fixed(token), newPrincipal.get()));
    }
    List<Credential> all = new ArrayList<>(tokens);
    AppIdentity app = credentials.app();
    if (app != null) {
      RateGate ofTheApp = new RateGate(time, random);
      TokenSource source =
          new InstallationTokens(app, address, transport, credentials, ofTheApp, time, serverTime);
      all.add(new Credential("the GitHub App", source, newPrincipal.get()));
    }
    if (all.isEmpty()) {
      all.add(new Credential("the client without a token", null, newPrincipal.get()));
    }
    CredentialPool pool = new CredentialPool(all, time);
    Identities identities =
        new Identities(pool, tokens, transport, address, credentials, serverTime, time);
    Exchanges exchanges =
        new Exchanges(pool, identities, transport, credentials, serverTime, time, address);
    return new GitHubConnection(
        credentials, transport, new GitHubApi(address, credentials, pool, exchanges, time));
  }

  public GitHubApi api() {
    return api;
  }

  @Override
  public void close() {
    transport.close();
  }

  @Override
  public String toString() {
    return api.address() + ", " + credentials;
  }
}
