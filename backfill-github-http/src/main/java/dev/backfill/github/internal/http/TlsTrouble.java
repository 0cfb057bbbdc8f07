package dev.backfill.github.internal.http;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Tells a handshake that can never succeed from one that was broken off. */
final class TlsTrouble {

  private static final String NOT_SENT = "; nothing was sent, and what is stored is kept: ";

  private TlsTrouble() {}

  /**
   * Returns the end of a sentence about a handshake that fails each time.
   *
   * @return effect and fix, or null when trying again may help
   */
  static @Nullable String of(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof CertificateException
          || cause instanceof CertPathBuilderException
          || cause instanceof CertPathValidatorException) {
        return "shows a certificate that this Java does not trust ("
            + ErrorBody.oneLine(String.valueOf(cause.getMessage()))
            + ")"
            + NOT_SENT
            + "have Java trust the authority that issued it, or correct the API address";
      }
      if (cause instanceof SSLException && isPlain(String.valueOf(cause.getMessage()))) {
        return "does not speak TLS"
            + NOT_SENT
            + "correct the API address, its scheme or its port (GITHUB_API_URL)";
      }
      cause = cause.getCause();
    }
    return null;
  }

  private static boolean isPlain(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    return text.contains("unrecognized ssl message") || text.contains("unsupported or unrecognized");
  }
}
