package io.w7s.samples.demo;

import java.util.Locale;

/** The three apps: where each one is, and how it is started unless it runs elsewhere. */
enum App {
  ORDER_API("orders", "ORDER_API_PORT", 8790, "LOCAL_ORDER_API_URL", "/orders"),
  EVENT_ROUTER("router", "EVENT_ROUTER_PORT", 8791, "LOCAL_EVENT_ROUTER_URL", "/publish"),
  EMAIL_WORKER(
      "email", "EMAIL_WORKER_PORT", 8792, "LOCAL_EMAIL_CONSUMER_URL", "/_w7s/queues/events");

  private final String packageName;
  private final String portVariable;
  private final int defaultPort;
  private final String urlVariable;
  private final String eventPath;

  App(
      String packageName,
      String portVariable,
      int defaultPort,
      String urlVariable,
      String eventPath) {
    this.packageName = packageName;
    this.portVariable = portVariable;
    this.defaultPort = defaultPort;
    this.urlVariable = urlVariable;
    this.eventPath = eventPath;
  }

  /** Returns the repository's name, which is the folder's, too. */
  String repo() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String mainClass() {
    return "io.w7s.samples." + packageName + ".Main";
  }

  String portVariable() {
    return portVariable;
  }

  String urlVariable() {
    return urlVariable;
  }

  /** Returns whether somebody else runs this app: its URL is set. */
  boolean runsElsewhere() {
    return !setting(urlVariable).isEmpty();
  }

  int port() throws Failure {
    String port = setting(portVariable);
    if (port.isEmpty()) {
      return defaultPort;
    }
    if (!port.matches("[0-9]{1,5}")
        || Integer.parseInt(port) < 1
        || Integer.parseInt(port) > 65_535) {
      throw new Failure(portVariable + " is '" + port + "', which is no port");
    }
    return Integer.parseInt(port);
  }

  /** Returns the app's URL, without a slash at its end. */
  String url() throws Failure {
    if (!runsElsewhere()) {
      return "http://127.0.0.1:" + port() + "/" + repo();
    }
    String url = setting(urlVariable);
    if (!url.matches("https?://.+")) {
      throw new Failure(urlVariable + " is no http URL");
    }
    String app =
        url.endsWith(eventPath) ? url.substring(0, url.length() - eventPath.length()) : url;
    return app.replaceAll("/+$", "");
  }

  private static String setting(String variable) {
    return System.getenv().getOrDefault(variable, "").strip();
  }

  @Override
  public String toString() {
    return repo();
  }
}
