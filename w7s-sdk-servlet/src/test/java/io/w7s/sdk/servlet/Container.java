package io.w7s.sdk.servlet;

import io.w7s.sdk.testing.contract.ServerFixture;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The containers that the servlet is tested in, on free ports of the loopback address. */
enum Container {
  TOMCAT {
    @Override
    ServerFixture start(Setup setup) throws Exception {
      var tomcat = new Tomcat();
      tomcat.setSilent(true);
      tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
      tomcat.setPort(0);
      tomcat.getConnector().setProperty("address", LOOPBACK);
      if (setup.threads > 0) {
        tomcat.getConnector().setProperty("maxThreads", String.valueOf(setup.threads));
        tomcat.getConnector().setProperty("minSpareThreads", "1");
      }
      Context context = tomcat.addContext(setup.context, null);
      for (Filter filter : setup.filters) {
        var definition = new FilterDef();
        definition.setFilterName("filter-" + context.findFilterDefs().length);
        definition.setFilter(filter);
        definition.setAsyncSupported(String.valueOf(setup.filtersAreAsync));
        context.addFilterDef(definition);
        var map = new FilterMap();
        map.setFilterName(definition.getFilterName());
        map.addURLPattern("/*");
        context.addFilterMap(map);
      }
      for (Mounted mounted : setup.servlets) {
        String name = "servlet-" + context.findChildren().length;
        Wrapper wrapper = Tomcat.addServlet(context, name, mounted.servlet);
        wrapper.setAsyncSupported(mounted.async);
        wrapper.addMapping(mounted.pattern);
      }
      tomcat.start();
      return new Running(
          url(tomcat.getConnector().getLocalPort(), setup),
          () -> {
            tomcat.stop();
            tomcat.destroy();
          });
    }
  },

  JETTY {
    @Override
    ServerFixture start(Setup setup) throws Exception {
      // an acceptor, a selector and a reserve come on top
      var pool = new QueuedThreadPool(setup.threads > 0 ? setup.threads + 3 : 50);
      var server = new Server(pool);
      server.setStopTimeout(0);
      var connector = new ServerConnector(server, 1, 1);
      connector.setHost(LOOPBACK);
      server.addConnector(connector);
      var context = new ServletContextHandler();
      context.setContextPath(setup.context.isEmpty() ? "/" : setup.context);
      for (Filter filter : setup.filters) {
        var holder = new FilterHolder(filter);
        holder.setAsyncSupported(setup.filtersAreAsync);
        context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
      }
      for (Mounted mounted : setup.servlets) {
        var holder = new ServletHolder(mounted.servlet);
        holder.setAsyncSupported(mounted.async);
        context.addServlet(holder, mounted.pattern);
      }
      server.setHandler(context);
      server.start();
      return new Running(url(connector.getLocalPort(), setup), server::stop);
    }
  };

  /** Tomcat warns of leaks at each stop; a reference, so that the level is kept. */
  private static final Logger TOMCATS = Logger.getLogger("org.apache");

  static {
    TOMCATS.setLevel(Level.SEVERE);
  }

  private static final String LOOPBACK = InetAddress.getLoopbackAddress().getHostAddress();

  abstract ServerFixture start(Setup setup) throws Exception;

  private static URI url(int port, Setup setup) {
    return URI.create("http://" + LOOPBACK + ":" + port + setup.context + setup.prefix());
  }

  /** What a container has. */
  static final class Setup {

    private final List<Mounted> servlets = new ArrayList<>();
    private final List<Filter> filters = new ArrayList<>();
    private boolean filtersAreAsync = true;
    private String context = "";
    private int threads;

    /** Adds a servlet; the first one is under test. */
    Setup servlet(Servlet servlet, String pattern, boolean async) {
      servlets.add(new Mounted(servlet, pattern, async));
      return this;
    }

    Setup filter(Filter filter) {
      filters.add(filter);
      return this;
    }

    Setup filtersWithoutAsync() {
      filtersAreAsync = false;
      return this;
    }

    Setup context(String path) {
      context = path;
      return this;
    }

    /** Sets how many threads serve requests. */
    Setup threads(int threads) {
      this.threads = threads;
      return this;
    }

    private String prefix() {
      String pattern = servlets.get(0).pattern;
      return pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : "";
    }
  }

  private record Mounted(Servlet servlet, String pattern, boolean async) {}

  private interface Stop {
    void run() throws Exception;
  }

  private record Running(URI url, Stop stop) implements ServerFixture {
    @Override
    public void close() {
      try {
        stop.run();
      } catch (Exception failed) {
        throw new AssertionError(failed);
      }
    }
  }
}
