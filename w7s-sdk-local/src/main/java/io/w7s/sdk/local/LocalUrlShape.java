package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.local.internal.server.RequestRefused;
import java.util.Locale;

/**
 * The URL shape of w7s-local: finds the app's own path in the requested one, and tells the app in
 * headers how it was reached. Immutable.
 */
final class LocalUrlShape {

  private static final String DOMAIN = ".local.w7s.cloud";
  private static final String OWNER_HEADER = "x-w7s-org-slug";
  private static final String REPO_HEADER = "x-w7s-repo-slug";
  private static final String ORIGINAL_PATH = "x-w7s-original-path";

  private final AppId app;
  private final String prefix;
  private final Headers slugs;

  LocalUrlShape(AppId app) {
    this.app = app;
    this.prefix = "/" + app.repo();
    this.slugs = Headers.of(OWNER_HEADER, app.owner()).with(REPO_HEADER, app.repo());
  }

  /** A request's path and headers as the app gets them. */
  record AppView(String path, Headers headers) {}

  /**
   * Returns what the app gets of a request.
   *
   * @param host the host that the sender asks, with or without a port
   * @param path the path as it came
   * @throws RequestRefused with 404 when the host belongs to another owner
   */
  AppView appView(String host, String path, Headers headers) throws RequestRefused {
    requireOwnHost(host);
    if (isStripped(path, headers)) {
      return new AppView(path, slugs.with(headers));
    }
    return new AppView(
        withoutPrefix(path), headers.with(slugs).with(Headers.of(ORIGINAL_PATH, path)));
  }

  /**
   * Hosts are {@code <owner>.local.w7s.cloud} or {@code <environment>--<owner>.local.w7s.cloud}.
   */
  private void requireOwnHost(String hostAndPort) throws RequestRefused {
    String host = hostAndPort.toLowerCase(Locale.ROOT);
    int port = host.lastIndexOf(':');
    if (port >= 0) {
      host = host.substring(0, port);
    }
    if (!host.endsWith(DOMAIN)) {
      return;
    }
    String owner = host.substring(0, host.length() - DOMAIN.length());
    int environment = owner.indexOf("--");
    if (environment >= 0) {
      owner = owner.substring(environment + 2);
    }
    if (!owner.equals(app.owner())) {
      throw new RequestRefused(
          404, "the host names the owner " + Names.quoted(owner) + ", but this server has " + app);
    }
  }

  /** Returns whether a w7s-local router in front has taken the prefix away, which it states. */
  private boolean isStripped(String path, Headers headers) {
    String original = headers.first(ORIGINAL_PATH).orElse("");
    return original.equals(prefix + path) || (path.equals("/") && original.equals(prefix));
  }

  /** Returns the app's own path in a requested one. */
  String withoutPrefix(String path) {
    if (!path.regionMatches(true, 0, prefix, 0, prefix.length())) {
      return path;
    }
    String rest = path.substring(prefix.length());
    if (rest.isEmpty()) {
      return "/";
    }
    return rest.startsWith("/") ? rest : path;
  }
}
