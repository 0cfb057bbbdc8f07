package dev.backfill.jdbc.internal.dialect;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encodings of PostgreSQL databases, by the server's names. */
final class PostgresEncoding {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresEncoding.class);

  /**
   * Names that Java spells otherwise; Java has the rest, such as EUC_JP and KOI8R, by these names.
   */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("LATIN1", "ISO-8859-1"),
          Map.entry("LATIN2", "ISO-8859-2"),
          Map.entry("LATIN3", "ISO-8859-3"),
          Map.entry("LATIN4", "ISO-8859-4"),
          Map.entry("LATIN5", "ISO-8859-9"),
          Map.entry("LATIN7", "ISO-8859-13"),
          Map.entry("LATIN9", "ISO-8859-15"),
          Map.entry("WIN866", "IBM866"),
          Map.entry("WIN874", "x-windows-874"),
          Map.entry("KOI8R", "KOI8-R"),
          Map.entry("KOI8U", "KOI8-U"),
          Map.entry("EUC_CN", "GB2312"),
          Map.entry("EUC_JP", "EUC-JP"),
          Map.entry("EUC_KR", "EUC-KR"));

  private PostgresEncoding() {}

  /**
   * Finds the charset of a server that cannot store every text, and logs a warning for any but
   * UTF8.
   *
   * @return null for UTF8, and for SQL_ASCII, which stores the bytes unchanged
   */
  static @Nullable Charset narrow(String name) {
    if (name.equals("UTF8")) {
      return null;
    }
    LOG.warn(
        "The database has the encoding {}. Characters that it lacks are stored as \\uXXXX."
            + " Use a database with the encoding UTF8.",
        name);
    return name.equals("SQL_ASCII") ? null : charset(name);
  }

  /** Returns the charset of a name, or ASCII for an unknown encoding. */
  private static Charset charset(String name) {
    String known = NAMES.getOrDefault(name, name);
    for (String each : new String[] {known, known.replace('_', '-'), windows(known)}) {
      if (each.matches("[A-Za-z0-9][A-Za-z0-9._:+-]*") && Charset.isSupported(each)) {
        return Charset.forName(each);
      }
    }
    return StandardCharsets.US_ASCII;
  }

  /** Returns windows-1252 for WIN1252. */
  private static String windows(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("^win(?=\\d)", "windows-");
  }
}
