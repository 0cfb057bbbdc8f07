package dev.backfill.github;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/**
 * The certificate of a server whose authority no JVM knows.
 *
 * @param keyStore with its key
 * @param pem the certificate alone
 */
record TestCertificate(Path keyStore, Path pem) {

  static final String PASSWORD = "changeit";

  static TestCertificate create(Path folder) throws Exception {
    Path keyStore = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=A company's own authority",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                keyStore.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new AssertionError(output);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore)) {
      store.load(in, PASSWORD.toCharArray());
    }
    String encoded =
        Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(store.getCertificate("server").getEncoded());
    Path pem =
        Files.writeString(
            folder.resolve("ca.pem"),
            "# A comment, as bundles have them\n-----BEGIN CERTIFICATE-----\n"
                + encoded
                + "\n-----END CERTIFICATE-----\n");
    return new TestCertificate(keyStore, pem);
  }
}
