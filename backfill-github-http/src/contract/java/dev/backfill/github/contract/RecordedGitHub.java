package dev.backfill.github.contract;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.extension.ResponseTransformerV2;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.HttpHeaders;
import com.github.tomakehurst.wiremock.http.Response;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.backfill.testkit.github.SimulatedGitHub;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A proxy before a simulated GitHub that remembers what it was asked. */
final class RecordedGitHub implements AutoCloseable {

  /** Leads back to the proxy what would lead past it. */
  private record Detour(String from, Map<String, String> to) implements ResponseTransformerV2 {

    @Override
    public String getName() {
      return "detour";
    }

    @Override
    public Response transform(Response response, ServeEvent event) {
      HttpHeaders headers =
          new HttpHeaders(
              response.getHeaders().all().stream()
                  .map(
                      header ->
                          new HttpHeader(
                              header.key(),
                              header.values().stream()
                                  .map(value -> value.replace(from, to.get("url")))
                                  .toList()))
                  .toList());
      return Response.Builder.like(response).but().headers(headers).build();
    }
  }

  private final WireMockServer proxy;

  RecordedGitHub(SimulatedGitHub github) {
    Map<String, String> own = new LinkedHashMap<>();
    proxy =
        new WireMockServer(
            wireMockConfig().dynamicPort().extensions(new Detour(github.url().toString(), own)));
    proxy.start();
    own.put("url", url().toString());
    proxy.stubFor(any(anyUrl()).willReturn(aResponse().proxiedFrom(github.url().toString())));
  }

  URI url() {
    return URI.create("http://localhost:" + proxy.port());
  }

  /** Everything that was asked, in no order. */
  List<RestRequest> requests() {
    return proxy.getAllServeEvents().stream()
        .map(ServeEvent::getRequest)
        .map(RecordedGitHub::request)
        .toList();
  }

  private static RestRequest request(LoggedRequest logged) {
    Map<String, String> headers =
        logged.getHeaders().all().stream()
            .collect(
                Collectors.toMap(HttpHeader::key, header -> String.join(",", header.values())));
    String body = logged.getBodyAsString();
    return RestRequest.of(
        logged.getMethod().getName(), logged.getUrl(), headers, body.isEmpty() ? null : body);
  }

  @Override
  public void close() {
    proxy.stop();
  }
}
