package dev.backfill.github.internal.transport;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Distinguishes a handshake that can never succeed from one that was broken off. */
final class TlsFailure {

  private static final String NOT_SENT = ". Nothing was sent, and stored items stay. ";

  private TlsFailure() {}

  /**
   * Returns the end of a sentence about a handshake that fails each time.
   *
   * @return effect and fix, or null if a retry may help
   */
  static @Nullable String of(Throwable failure) {
    if (Authorities.areUnknown(failure)) {
      return "has a certificate of an authority that this JVM does not trust, such as a company's"
          + " own"
          + NOT_SENT
          + "Add its PEM file with BACKFILL_CA_FILE (GitHub.Builder.caFile), or correct the"
          + " API address.";
    }
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof CertificateException || cause instanceof CertPathValidatorException) {
        return "has a certificate that this JVM does not trust ("
            + ErrorBody.oneLine(String.valueOf(cause.getMessage()))
            + ")"
            + NOT_SENT
            + "Renew the server's certificate, or correct the API address (GITHUB_API_URL).";
      }
      if (cause instanceof SSLException && isPlain(String.valueOf(cause.getMessage()))) {
        return "does not speak TLS"
            + NOT_SENT
            + "Correct the API address, its scheme or its port (GITHUB_API_URL).";
      }
      cause = cause.getCause();
    }
    return null;
  }

  private static boolean isPlain(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    return text.contains("unrecognized ssl message")
        || text.contains("unsupported or unrecognized");
  }
}
