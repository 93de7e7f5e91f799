package io.w7s.samples.email;

import io.w7s.sdk.local.LocalAppServer;

/** Runs email-worker as a process of its own. */
public final class Main {

  private Main() {}

  /** Serves until the process is asked to end; ends with 1 when it cannot start. */
  public static void main(String[] args) {
    try {
      start();
    } catch (RuntimeException e) {
      System.err.println("email-worker cannot start: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void start() {
    int port = Integer.parseInt(System.getenv().getOrDefault("EMAIL_WORKER_PORT", "8792"));
    LocalAppServer server = LocalAppServer.start(EmailWorker.app(), port);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    System.out.println("email-worker serves " + server.url());
  }
}
