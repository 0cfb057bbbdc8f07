package dev.backfill.github.internal.transport;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Certificate authorities that are trusted beside those of the JVM.
 *
 * @param certificates their certificates; at least one
 */
public record Authorities(List<Certificate> certificates) {

  /**
   * Reads a PEM bundle.
   *
   * @throws InvalidConfigurationException if it cannot be read or contains no certificate
   */
  public static Authorities read(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      List<Certificate> certificates =
          List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
      if (!certificates.isEmpty()) {
        return new Authorities(certificates);
      }
    } catch (IOException | CertificateException e) {
      throw invalid(pem, e);
    }
    throw invalid(pem, null);
  }

  private static InvalidConfigurationException invalid(Path pem, @Nullable Exception cause) {
    return new InvalidConfigurationException(
        "The CA file %s cannot be read as certificates. Nothing was sent. Give the path of a PEM file that begins with -----BEGIN CERTIFICATE----- (BACKFILL_CA_FILE)."
            .formatted(pem),
        cause);
  }

  /** Returns a context that trusts these and the JVM's authorities. */
  SSLContext context() {
    try {
      KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
      all.load(null, null);
      List<Certificate> trusted = new ArrayList<>(certificates);
      for (TrustManager manager : managers(null)) {
        if (manager instanceof X509TrustManager x509) {
          trusted.addAll(List.<X509Certificate>of(x509.getAcceptedIssuers()));
        }
      }
      for (int i = 0; i < trusted.size(); i++) {
        all.setCertificateEntry("authority-" + i, trusted.get(i));
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers(all), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new InvalidConfigurationException(
          "The JVM's own certificates cannot be read. Nothing was sent. Check javax.net.ssl.trustStore.",
          e);
    }
  }

  private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  /** Returns true if a connection failed because no certificate leads to a trusted authority. */
  static boolean areUnknown(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertPathBuilderException) {
        return true;
      }
    }
    return false;
  }
}
