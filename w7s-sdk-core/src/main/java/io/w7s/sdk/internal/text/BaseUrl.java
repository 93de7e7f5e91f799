package io.w7s.sdk.internal.text;

import io.w7s.sdk.error.InvalidInputException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules for URLs that paths are added to. What is accepted comes back without a slash at its
 * end. An error never repeats a URL, because people write passwords and tokens into them.
 */
public final class BaseUrl {

  private static final String FIELD = "URL";
  private static final String RULE =
      "http or https with a host, without user info, query and fragment, such as"
          + " http://127.0.0.1:8791/worker";
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(?:\\.[0-9]{1,3}){3}|\\[(?:::|(?:0{1,4}:){7})0{0,3}1]");
  private static final int MAX_PORT = 65_535;

  private BaseUrl() {}

  /** Reads the URL of a local app. */
  public static URI ofLocalApp(String text) {
    return ofLocalApp(parse(text));
  }

  /**
   * Checks the URL of a local app.
   *
   * @throws InvalidInputException when it is not http or https, or more than scheme, host, port and
   *     path
   */
  public static URI ofLocalApp(URI url) {
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw refused(scheme.isEmpty() ? "no scheme" : "the scheme " + Names.quoted(scheme));
    }
    // A registry-based authority has no host and would hide its user info.
    if (url.getRawUserInfo() != null || contains(url.getRawAuthority(), '@')) {
      throw refused("user info");
    }
    if (url.getHost() == null) {
      throw refused("no valid host");
    }
    if (url.getPort() == 0 || url.getPort() > MAX_PORT) {
      throw refused("the port " + url.getPort());
    }
    if (url.getRawQuery() != null) {
      throw refused("a query");
    }
    if (url.getRawFragment() != null) {
      throw refused("a fragment");
    }
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    return URI.create(scheme + "://" + url.getHost() + port + withoutSlashes(url.getRawPath()));
  }

  /** Reads the platform's URL. */
  public static URI ofPlatform(String text) {
    return ofPlatform(parse(text));
  }

  /**
   * Checks the platform's URL, over which tokens travel.
   *
   * @throws InvalidInputException as for a local app, and when it is http to another machine
   */
  public static URI ofPlatform(URI url) {
    URI checked = ofLocalApp(url);
    if (checked.getScheme().equals("http") && !isLoopback(checked.getHost())) {
      throw new InvalidInputException(
          FIELD, "http to another machine", "https, because secrets travel over it");
    }
    return checked;
  }

  private static URI parse(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      // Not as a cause: it repeats the text.
      throw refused("no URL (" + e.getReason() + ")");
    }
  }

  private static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  private static String withoutSlashes(String path) {
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }

  private static boolean contains(@Nullable String authority, char c) {
    return authority != null && authority.indexOf(c) >= 0;
  }

  private static InvalidInputException refused(String found) {
    return new InvalidInputException(FIELD, found, RULE);
  }
}
