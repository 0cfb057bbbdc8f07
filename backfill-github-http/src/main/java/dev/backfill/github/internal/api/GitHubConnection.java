package dev.backfill.github.internal.api;

import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.auth.AppIdentity;
import dev.backfill.github.internal.credential.Credential;
import dev.backfill.github.internal.credential.CredentialPool;
import dev.backfill.github.internal.credential.InstallationTokens;
import dev.backfill.github.internal.credential.LimitSharing;
import dev.backfill.github.internal.credential.Threads;
import dev.backfill.github.internal.credential.TokenOwners;
import dev.backfill.github.internal.credential.TokenSource;
import dev.backfill.github.internal.throttle.Principal;
import dev.backfill.github.internal.throttle.PrincipalKey;
import dev.backfill.github.internal.throttle.ThrottleLimits;
import dev.backfill.github.internal.transport.ApiAddress;
import dev.backfill.github.internal.transport.Credentials;
import dev.backfill.github.internal.transport.HttpTransport;
import dev.backfill.github.internal.transport.Network;
import dev.backfill.github.internal.transport.ServerTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The owner of a client's parts: creates them and closes them. */
public final class GitHubConnection implements AutoCloseable {

  private final Credentials credentials;
  private final HttpTransport transport;
  private final LimitSharing sharing;
  private final GitHubApi api;

  private GitHubConnection(
      Credentials credentials, HttpTransport transport, LimitSharing sharing, GitHubApi api) {
    this.sharing = sharing;
    this.credentials = credentials;
    this.transport = transport;
    this.api = api;
  }

  public static GitHubConnection open(
      ApiAddress address,
      Credentials credentials,
      Network network,
      ThrottleLimits limits,
      Threads threads,
      TimeSource time,
      RandomGenerator random,
      @Nullable SharedLimits sharedLimits) {
    HttpTransport transport =
        new HttpTransport(
            address, credentials, network, threads.workers(), HttpTransport.MAX_BODY_BYTES);
    ServerTime serverTime = new ServerTime(time);
    LimitSharing sharing = new LimitSharing(sharedLimits, time, threads.limits());
    Supplier<Principal> newPrincipal = () -> new Principal(time, random, limits);
    List<Credential> tokens = new ArrayList<>();
    for (String token : credentials.tokens()) {
      String label = "token " + (tokens.size() + 1);
      Principal principal = newPrincipal.get();
      List<String> keys = List.of(PrincipalKey.ofToken(token));
      principal.knownAs(keys, keys);
      tokens.add(new Credential(label, new TokenSource.Fixed(token), principal));
    }
    List<Credential> all = new ArrayList<>(tokens);
    AppIdentity app = credentials.app();
    if (app != null) {
      Principal ofTheApp = newPrincipal.get();
      List<String> itself = List.of(PrincipalKey.ofApp(address, app.id()));
      ofTheApp.knownAs(itself, itself);
      sharing.add(ofTheApp);
      Principal installation = newPrincipal.get();
      TokenSource source =
          new InstallationTokens(
              app,
              address,
              transport,
              credentials,
              ofTheApp,
              sharing,
              number -> {
                List<String> keys = List.of(PrincipalKey.ofInstallation(address, number));
                installation.knownAs(keys, keys);
              },
              time,
              serverTime);
      name(installation, app, address);
      all.add(new Credential("the GitHub App", source, installation));
    }
    if (all.isEmpty()) {
      all.add(new Credential("the client without a token", null, newPrincipal.get()));
    }
    CredentialPool pool = new CredentialPool(all, time, sharing);
    TokenOwners owners =
        new TokenOwners(pool, tokens, transport, address, credentials, serverTime, time);
    RequestSender sender =
        new RequestSender(pool, owners, transport, credentials, serverTime, time, address);
    return new GitHubConnection(
        credentials, transport, sharing, new GitHubApi(address, credentials, pool, sender, time));
  }

  /**
   * Sets the keys of shared limits. A client with the installation's number also reads those under
   * the App's id.
   */
  private static void name(Principal installation, AppIdentity app, ApiAddress address) {
    String only = PrincipalKey.ofOnlyInstallation(address, app.id());
    Long number = app.installation();
    if (number == null) {
      installation.knownAs(List.of(only), List.of(only));
    } else {
      String known = PrincipalKey.ofInstallation(address, number);
      installation.knownAs(List.of(known), List.of(known, only));
    }
  }

  public GitHubApi api() {
    return api;
  }

  @Override
  public void close() {
    transport.close();
    sharing.close();
  }

  @Override
  public String toString() {
    return api.address() + ", " + credentials;
  }
}
