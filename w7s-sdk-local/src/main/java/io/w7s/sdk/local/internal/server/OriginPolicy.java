package io.w7s.sdk.local.internal.server;

import io.w7s.sdk.internal.text.Names;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages of other sites away. A page that a developer looks at may send requests to the
 * developer's own machine, and may give its own host name this machine's address (DNS rebinding).
 * So the host that a request names and the origin that a browser states have to be this machine:
 * {@code localhost} and names below it, loopback addresses, names below {@code local.w7s.cloud}, or
 * a name that the server was told. Immutable.
 */
final class OriginPolicy {

  private static final String LOCAL_DOMAIN = ".local.w7s.cloud";

  private static final Pattern AUTHORITY =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{0,5})?");
  private static final Pattern ORIGIN = Pattern.compile("(?i)https?://(.*)");
  private static final Pattern IPV4_LOOPBACK =
      Pattern.compile("127(?:\\.(?:0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])){3}");

  private final Set<String> ownHosts;

  /** Makes a policy for a server that also has other names, in any case. */
  OriginPolicy(Collection<String> ownHosts) {
    this.ownHosts = ownHosts.stream().map(OriginPolicy::normalized).collect(Collectors.toSet());
  }

  /**
   * Lets a request pass.
   *
   * @throws RequestRefused with 400 when a host is malformed, with 403 when one is foreign
   */
  void check(RequestHead head) throws RequestRefused {
    for (String host : head.headers().all("host")) {
      checkAuthority(host);
    }
    if (head.authority() != null) {
      checkAuthority(head.authority());
    }
    List<String> origins = head.headers().all("origin");
    for (String origin : origins) {
      if (!isOwnOrigin(origin)) {
        throw new RequestRefused(
            403, "the origin " + Names.quoted(origin) + " is not allowed: it is not this machine");
      }
    }
    // an origin counts more: a page of localhost is cross-site for 127.0.0.1
    if (origins.isEmpty() && isCrossSite(head)) {
      throw new RequestRefused(
          403, "a web page of another site is not allowed to call this server");
    }
  }

  private void checkAuthority(String authority) throws RequestRefused {
    String host = host(authority);
    if (host == null) {
      throw new RequestRefused(400, "the host " + Names.quoted(authority) + " is not valid");
    }
    if (!isOwn(host)) {
      throw new RequestRefused(
          403, "the host " + Names.quoted(host) + " is not allowed: it is not this machine");
    }
  }

  private boolean isOwnOrigin(String origin) {
    Matcher matcher = ORIGIN.matcher(origin);
    String host = matcher.matches() ? host(matcher.group(1)) : null;
    return host != null && isOwn(host);
  }

  private static boolean isCrossSite(RequestHead head) {
    return head.headers().all("sec-fetch-site").stream()
        .anyMatch(site -> site.equalsIgnoreCase("cross-site"));
  }

  /** Returns the host before a port, in lower case; null when it is malformed. */
  private static @Nullable String host(String authority) {
    Matcher matcher = AUTHORITY.matcher(authority);
    if (!matcher.matches()) {
      return null;
    }
    return normalized(matcher.group(1));
  }

  private static String normalized(String host) {
    String lowerCase = host.toLowerCase(Locale.ROOT);
    return lowerCase.endsWith(".") ? lowerCase.substring(0, lowerCase.length() - 1) : lowerCase;
  }

  private boolean isOwn(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.endsWith(LOCAL_DOMAIN)
        || ownHosts.contains(host)
        || IPV4_LOOPBACK.matcher(host).matches()
        || (host.startsWith("[") && isLoopback(host));
  }

  /** Returns whether an address in brackets is a loopback one. Nothing is looked up. */
  private static boolean isLoopback(String ipv6) {
    try {
      return InetAddress.getByName(ipv6).isLoopbackAddress();
    } catch (UnknownHostException malformed) {
      return false;
    }
  }
}
