package io.w7s.samples.hosted;

import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.servlet.W7sServlet;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

/** An app in Tomcat. Handlers run on threads of their own, so that no thread of Tomcat waits. */
final class Service implements AutoCloseable {

  /** Tomcat tells each of its steps; the story is to be read alone. */
  private static final Logger TOMCAT_LOG = Logger.getLogger("org.apache");

  static {
    TOMCAT_LOG.setLevel(Level.SEVERE);
  }

  private final Tomcat tomcat = new Tomcat();
  private final ExecutorService handlers = Executors.newFixedThreadPool(8);

  private Service(AppHandler app, int port) throws IOException, LifecycleException {
    tomcat.setBaseDir(Files.createTempDirectory("w7s-tomcat").toString());
    tomcat.setPort(port);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("", null);
    var servlet = Tomcat.addServlet(context, "w7s", new W7sServlet(app, handlers));
    servlet.setAsyncSupported(true);
    servlet.addMapping("/*");
    tomcat.start();
  }

  /**
   * Starts a service.
   *
   * @param app the app, which lets in only what is signed
   * @param port the port, 0 for a free one
   */
  static Service start(AppHandler app, int port) throws IOException, LifecycleException {
    return new Service(app, port);
  }

  int port() {
    return tomcat.getConnector().getLocalPort();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  @Override
  public void close() throws LifecycleException {
    handlers.shutdown();
    tomcat.stop();
    tomcat.destroy();
  }
}
