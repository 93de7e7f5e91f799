package io.w7s.sdk.okhttp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The name under which the SDK introduces itself: {@code w7s-sdk-java/0.1.0}. */
final class UserAgent {

  static final String VALUE = value();

  private UserAgent() {}

  private static String value() {
    var build = new Properties();
    try (InputStream in = UserAgent.class.getResourceAsStream("version.properties")) {
      if (in == null) { // repackaged without its resources
        return "w7s-sdk-java";
      }
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "w7s-sdk-java/" + build.getProperty("version");
  }
}
