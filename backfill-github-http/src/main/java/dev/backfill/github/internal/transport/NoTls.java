package dev.backfill.github.internal.transport;

import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A TLS implementation for an API over plain http: it encrypts nothing, and refuses to. Without
 * one, a client loads the machine's certificates, which takes most of the time to the first
 * request.
 */
final class NoTls extends SSLContextSpi {

  private static final String NAME = "none";

  private NoTls() {}

  static SSLContext context() {
    return new SSLContext(new NoTls(), new NoProvider(), NAME) {};
  }

  private static final class NoProvider extends Provider {

    private static final long serialVersionUID = 1L;

    NoProvider() {
      super(NAME, "1", "encrypts nothing");
    }
  }

  private static UnsupportedOperationException refusal() {
    return new UnsupportedOperationException("This client uses plain http only.");
  }

  @Override
  protected void engineInit(
      KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
      throws KeyManagementException {
    throw new KeyManagementException(refusal());
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    throw refusal();
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    throw refusal();
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    throw refusal();
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    throw refusal();
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    throw refusal();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    throw refusal();
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    return new SSLParameters();
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return new SSLParameters();
  }
}
