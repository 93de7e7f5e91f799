package io.w7s.sdk.servlet.docs;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.servlet.W7sServlet;
import io.w7s.sdk.signature.SignedHandler;
import java.util.concurrent.Executor;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The servers of the guide. */
final class ServersExample {

  private ServersExample() {}

  static AppHandler service(W7sApp app) {
    // [service]
    AppHandler service = SignedHandler.of(app, W7sConfig.load());
    // [service]
    return service;
  }

  static Tomcat tomcat(AppHandler service, Executor executor, int port) throws LifecycleException {
    // [tomcat]
    var tomcat = new Tomcat();
    tomcat.setPort(port);
    tomcat.getConnector();
    Context context = tomcat.addContext("", null);
    Wrapper servlet = Tomcat.addServlet(context, "w7s", new W7sServlet(service, executor));
    servlet.addMapping("/*");
    servlet.setAsyncSupported(true);
    tomcat.start();
    // [tomcat]
    return tomcat;
  }

  static Server jetty(AppHandler service, Executor executor, int port) throws Exception {
    // [jetty]
    var servlet = new ServletHolder(new W7sServlet(service, executor));
    servlet.setAsyncSupported(true);
    var context = new ServletContextHandler();
    context.addServlet(servlet, "/*");

    var server = new Server();
    var connector = new ServerConnector(server);
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(context);
    server.start();
    // [jetty]
    return server;
  }
}
